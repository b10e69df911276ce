"""``bin/campaign``: the same operations as the pages, for the terminal."""

from campaign.cli.main import main

if __name__ == "__main__":
    main()
