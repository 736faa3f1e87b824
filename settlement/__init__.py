"""Commission settlement (佣金结算): why an order has, or has not, paid its commission."""
