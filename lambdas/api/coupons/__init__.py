"""Methods of coupons."""
