"""All that is known of one platform: 1688分销客."""
