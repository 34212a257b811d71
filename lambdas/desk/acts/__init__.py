"""Acts of staff on an order: which ones a user is offered, and how they are carried out."""
