"""Dead letters of the order table's stream, and how their changes are sent to their readers again."""
