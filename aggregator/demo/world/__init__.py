"""The demo's small world: an author, her twelve past editions, and the blogs that she follows. All of it is invented, and
everything in it is dated backwards from the time at which it is asked for."""

from aggregator.demo.world.feeds import SampleFeed, feeds
from aggregator.demo.world.roundup import config, editions, opml

__all__ = ["SampleFeed", "config", "editions", "feeds", "opml"]
