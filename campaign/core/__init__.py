"""Small bricks that know nothing of appeals, letters or signatures."""
