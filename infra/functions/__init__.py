"""How a Lambda function is made: its role, its code, its layer."""
