"""All that is known of one platform: 抖音精选联盟."""
