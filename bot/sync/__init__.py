"""Orders in (订单入库): reports opened and limited, and the platforms' APIs asked."""
