"""Whether a lead is right: its draft, whom it is for, who pays, what was shown. Read and checked before submit. Pure."""
