"""`python -m airdock.cli` is the program `airdock`."""

from airdock.cli import main

if __name__ == "__main__":
    main()
