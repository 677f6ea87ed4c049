"""Files of the bank: what moved on the account, read from CAMT.053 or a CSV export, whatever somebody sends."""
