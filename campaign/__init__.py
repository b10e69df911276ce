"""A self-hosted tool that turns an urgent action into real letters and keeps their writers safe."""
