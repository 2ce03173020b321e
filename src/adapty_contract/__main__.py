"""`python -m adapty_contract` is `adapty-contract`."""

from adapty_contract.cli import main

main()
