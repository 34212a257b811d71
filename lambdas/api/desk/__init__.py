"""Methods of the order desk: lists of work, and acts of staff."""
