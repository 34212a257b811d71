"""The functions that send mails and notices to buyers, clients and staff, and the addresses that the stage sends as."""
