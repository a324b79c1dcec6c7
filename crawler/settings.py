"""Scrapy's settings: only what differs from its defaults, with the reason. A portal's own exceptions are in its spider.

Read from the environment: REPLICA, REPLICA_PORT, ARCHIVE, NIGHT, SINCE, LUU_TRU_CONTACT, LUU_TRU_POLICY, LUU_TRU_LOG,
MIN_FREE, PROGRESS_FILE, FENCE, STAY_OPEN, RENDER (and CHROMIUM, where the browser is).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scrapy.settings import default_settings

import crawler.scrapy_imports  # noqa: F401  before the rest of Scrapy
from crawler.downloader.user_agent import user_agent

BOT_NAME = "luu-tru"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
TEMPLATES_DIR = str(Path(__file__).parent / "templates")  # `scrapy genspider -t FAMILY`
# Our `crawl` ends with the exit codes of docs/operations.md. Scrapy imports all commands to run one, with probe and catalogue.
COMMANDS_MODULE = "crawler.commands.crawl" if sys.argv[1:2] == ["crawl"] else "crawler.commands"

# What this run is: the command line's -s NAME=VALUE goes before the environment.
ARCHIVE = os.environ.get("ARCHIVE", "var/archive")
REPLICA = os.environ.get("REPLICA", "")
REPLICA_PORT = os.environ.get("REPLICA_PORT", "")
NIGHT = os.environ.get("NIGHT", "")
SINCE = os.environ.get("SINCE", "")
LUU_TRU_CONTACT = os.environ.get("LUU_TRU_CONTACT", "")  # nights.toml gives it; without it a live run refuses
LUU_TRU_POLICY = os.environ.get("LUU_TRU_POLICY", "")  # where the rules of docs/politeness.md are published
PROGRESS_FILE = os.environ.get("PROGRESS_FILE", "")
MIN_FREE = os.environ.get("MIN_FREE", "0")  # bytes; under it the crawl commits and stops
LOG_STYLE = os.environ.get("LUU_TRU_LOG", "text")  # or json: one object a line
EXTENSIONS = {"crawler.run.disk_watch.LowDisk": 0}
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the run's record counts, and nothing reads Scrapy's
FENCE = os.environ.get("FENCE", "")  # the number of the scheduler's claim: the store refuses a lower one
RENDER = os.environ.get("RENDER") == "1"  # portals that say so are read with Chromium, where they are empty shells
RENDER_TIMEOUT = 60.0  # seconds for one page, the pauses between its requests included
STAY_OPEN = os.environ.get("STAY_OPEN", "")  # the scheduler asks a silent portal again later tonight

# What a base names is imported even when it is switched off: an SSH library, an HTTP client, a server, the public suffix
# list. So what does not run is left out. Nothing listens, and nothing is executed from outside.
_UNUSED = {
    "scrapy.extensions.telnet.TelnetConsole",
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.corestats.CoreStats",  # counts what the run's record counts
    "scrapy.extensions.logcount.LogCount",
    "scrapy.extensions.memusage.MemoryUsage",  # the scheduler limits a crawl's memory
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",  # the guard replaces it: dont_filter ends it
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",  # no portal is asked with a password
    "scrapy.downloadermiddlewares.stats.DownloaderStats",  # writes out the headers of each response to count them
    "scrapy.downloadermiddlewares.retry.RetryMiddleware",
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",  # every answer is recorded, so it lets all pass
    "scrapy.spidermiddlewares.depth.DepthMiddleware",  # the walk's own rule ends it, and no depth is counted
}


def _used(base: dict[str, int]) -> dict[str, int]:
    return {name: at for name, at in base.items() if name not in _UNUSED}


EXTENSIONS_BASE = _used(default_settings.EXTENSIONS_BASE)
DOWNLOADER_MIDDLEWARES_BASE = _used(default_settings.DOWNLOADER_MIDDLEWARES_BASE)
SPIDER_MIDDLEWARES_BASE = _used(default_settings.SPIDER_MIDDLEWARES_BASE)
TELNETCONSOLE_ENABLED = False  # a shell in every crawl
REMOTE_CONTROL_ENABLED = False  # an HTTP server in every crawl that runs code sent to it

# Nothing but http and https, and nothing past the guard.
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloader.replica.PortalDownloadHandler",
    "https": "crawler.downloader.replica.PortalDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = (
    "crawler.downloader.guard.GuardedResolver"  # a process setting: in a spider it is ignored without a word
)
HTTPPROXY_ENABLED = False  # a proxy of the environment would resolve names out of the guard's sight
METAREFRESH_ENABLED = False  # a page's script or tag does not decide where we go
REFERRER_POLICY = "no-referrer"  # GHSA-cwxj-rr6w-m6w7, and portals need not know the way we came
DOWNLOAD_VERIFY_CERTIFICATES = True  # exceptions are per portal and recorded
DOWNLOADER_MIDDLEWARES = {
    "crawler.downloader.guard.GuardMiddleware": 10,  # before everything: redirects, retries and robots.txt pass it as well
    "crawler.sandbox.response_reader.ReadingMiddleware": 20,  # the last that sees a response: what is no article is read
    "crawler.downloader.robots.RobotsGate": 100,  # what cannot be had is no permission; records what it decided
    "crawler.downloader.retry.PatientRetry": 550,  # Retry-After and a growing pause, which Scrapy has not
    "crawler.downloader.redirects.RefreshGate": 580,  # a page that sends on to the successor, once it is decoded
    "crawler.downloader.decompression.DecodeMiddleware": 590,  # sees a gzip body that was cut, which Scrapy takes for whole
    "crawler.downloader.redirects.RedirectGate": 620,  # before redirects are followed: nothing is asked of the successor
    "crawler.downloader.cookies.HostCookies": 700,  # Scrapy's own downloads the public suffix list, past the guard
    "pipelines.capture.CaptureMiddleware": 950,  # nearest to the wire: the body as served, before anyone reads it
}
ITEM_PIPELINES = {
    "pipelines.files.stage.AttachmentStage": 50,
    "pipelines.stages.ExtractStage": 100,
    "pipelines.stages.RereadStage": 400,  # asks, where an article changed, whether our own rules did it
    "pipelines.stages.StoreStage": 500,  # the dedup judgement is made inside the archive's transaction
}

# Sizes and times: a hostile or broken server costs little.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # Scrapy's 1 GiB would be held in memory
ATTACHMENT_MAXSIZE = 8 * 1024 * 1024  # what an article names is kept when it is small enough
ATTACHMENTS_PER_ARTICLE = 10  # the rest are named in its line and not fetched
ATTACHMENT_NIGHTS = 30  # how long a file that cannot be had is asked for again
DOWNLOAD_WARNSIZE = 0  # the outcome says it
DOWNLOAD_TIMEOUT = 60  # one SIGTERM waits for the request in flight
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut body is captured and judged truncated instead of being lost
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # its page line says it
RETRY_BACKOFF = 5.0  # seconds; doubled with each 429 or 503, forgiven step by step with good answers
RETRY_AFTER_LIMIT = 60.0  # seconds; a portal that asks for more is left for the night; no back-off grows past it
HEADERS_MAXSIZE = 256 * 1024  # bytes of response headers, which Twisted takes without end
DNS_TIMEOUT = 20

# Politeness: one request at a time, with a pause, under robots.txt and an honest name.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "luu-tru"  # robots.txt addresses products, not the whole user agent line
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 2  # a response has few; Scrapy starts as many tasks for each response, and its default is 100
DOWNLOAD_DELAY = 2.0  # seconds between an answer and the next request (crawler.turns); every portal sets its own
DOWNLOAD_DELAY_JITTER = 0  # a pause is a promise, not an average
CRAWL_DELAY_LIMIT = 30.0  # seconds; what a robots.txt asks for is kept up to this
USER_AGENT = user_agent(LUU_TRU_CONTACT, LUU_TRU_POLICY)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi",  # several portals answer in English otherwise
    "Accept-Encoding": "gzip, deflate",  # what the decoder can check for completeness
}

# Every answer is recorded, so nothing may be filtered before us.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the walk knows what it asked; a filter would drop redirects
SCHEDULER_MEMORY_QUEUE = "crawler.request_queue.RequestQueue"  # the order of the list is the order of the night

# Few words: what matters is in the night's record.
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.log.setup.QuietFormatter"
LOG_SHORT_NAMES = False
LOGSTATS_INTERVAL = 0
