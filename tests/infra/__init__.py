"""Rules that the synthesized template keeps, on the strictest stage and on the local one."""
