"""What every endpoint promises alike: errors, identity, keys, versions, positions and lists."""
