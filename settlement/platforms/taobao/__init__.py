"""All that is known of one platform: 淘宝联盟，含天猫."""
