"""All that is known of one platform: 快分销."""
