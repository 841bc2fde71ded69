"""Polls a farm of feeds with this product and, if it is installed, with lemon24/reader, side by side: only ratios count.

`python -m benchmarks.polling [COUNT]`. Cases: cold (everything new), all 304, 200 with the same body, an hour later (5 % of
the feeds with one new entry). Prints wall and CPU seconds (children included, start-up aside) and reader's wall time
divided by ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.feed_farm import address

CASES = ("cold", "304", "same body", "an hour")

CLOCK = """
import resource, time
def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in both)
"""

OURS = """
import sys
from pathlib import Path
import aggregator.intake.poll, aggregator.intake.pool, aggregator.net.client
from aggregator.jobs import lists, poll
from aggregator.settings import load_settings
from aggregator.wiring import Installation
settings = load_settings(Path(sys.argv[1]) / "config.yaml")
with Installation(settings) as installation:
    roundup = installation.roundup(settings.roundups[0])
    lists.run_once(installation, roundup, settings.feeds_of(settings.roundups[0]), first_days=30, later_days=7)
    started = used()
    report = poll.run_once(installation, installation.poller(), concurrency=settings.poll.concurrency, everything=True)
ended = used()
print(ended[0] - started[0], ended[1] - started[1], dict(report.counts), report.new_entries)
"""

THEIRS = """
import sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from reader import make_reader
home = Path(sys.argv[1])
reader = make_reader(str(home / "reader.sqlite"))
known = {feed.url for feed in reader.get_feeds()}
for url in (home / "urls").read_text().split():
    if url not in known:
        reader.add_feed(url)
started = used()
reader.update_feeds(workers=4, scheduled=False)
ended = used()
print(ended[0] - started[0], ended[1] - started[1], reader.get_entry_counts().total)
"""


def timed(code: str, home: Path) -> tuple[float, float, str]:
    """Wall and CPU seconds of the polling itself, without the interpreter's start, and what it says it did."""
    done = subprocess.run([sys.executable, "-c", CLOCK + code, str(home)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    wall, cpu, said = done.stdout.strip().split(" ", 2)
    return float(wall), float(cpu), said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1000, help="feeds")
    count: int = parser.parse_args().count
    rival = importlib.util.find_spec("reader") is not None
    farm = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed_farm", str(count)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert farm.stdin is not None
    assert farm.stdout is not None
    port = farm.stdout.readline().strip()

    def tell(line: str) -> None:
        assert farm.stdin is not None
        assert farm.stdout is not None
        print(line, file=farm.stdin, flush=True)
        farm.stdout.readline()

    try:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            urls = [f"http://{address(number)}:{port}/feed" for number in range(count)]
            (home / "urls").write_text("\n".join(urls))
            rows = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
            (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{rows}</body></opml>')
            (home / "config.yaml").write_text(
                "roundups: [{name: Benchmark, sections: [{name: One}]}]\npoll: {allow_networks: [127.0.0.0/8]}\n"
            )
            print(f"{count} feeds, {os.cpu_count()} cores, {'with' if rival else 'without'} reader")
            print(f"{'case':10} {'ours wall':>10} {'cpu':>7}   {'reader wall':>11} {'cpu':>7} {'ratio':>7}")
            for case in CASES:
                tell("validators off" if case == "same body" else "validators on")
                if case == "an hour":
                    timed(OURS, home)  # takes the validators up again after "same body"
                    if rival:
                        timed(THEIRS, home)
                    tell("news 0.05")
                wall, cpu, said = timed(OURS, home)
                line = f"{case:10} {wall:10.2f} {cpu:7.2f}"
                if rival:
                    other, other_cpu, _ = timed(THEIRS, home)
                    line += f"   {other:11.2f} {other_cpu:7.2f} {other / wall:7.1f}"
                print(line, f"  {said}")
    finally:
        farm.stdin.close()
        farm.kill()
        farm.wait()


if __name__ == "__main__":
    main()
