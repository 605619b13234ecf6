"""`python -m sangar` is the command `sangar`."""

from sangar.cli import main

if __name__ == "__main__":
    main()
