"""All that is known of one platform: 多多客."""
