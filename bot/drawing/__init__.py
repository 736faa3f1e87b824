"""Pictures and workbooks as bytes (绘制): drawn from what the desk put into them."""
