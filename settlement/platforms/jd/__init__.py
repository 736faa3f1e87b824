"""All that is known of one platform: 京东联盟."""
