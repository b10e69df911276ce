"""Where a letter goes: postal addresses, missions abroad, paper and country names."""
