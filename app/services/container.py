"""What the composition root builds and the endpoints receive."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.settings import Settings
from app.services.analyses import Analyses
from app.services.batches import Batches
from app.services.browsing import Browser
from app.services.catalogue import Catalogue
from app.services.feed import Feed
from app.services.gpu_pool import GpuPool
from app.services.health import Health
from app.services.jobs import Jobs
from app.services.paths import MediaPaths
from app.services.probing import Prober
from app.services.reports import Reports
from app.services.runner import Runner
from app.services.tus import Tus
from app.services.upload_store import UploadStore
from app.services.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One of each use case, wired to its ports."""

    settings: Settings
    jobs: Jobs
    paths: MediaPaths
    prober: Prober
    catalogue: Catalogue
    analyses: Analyses
    batches: Batches
    browser: Browser
    upload_store: UploadStore
    uploads: Uploads
    tus: Tus
    devices: GpuPool
    runner: Runner
    feed: Feed
    health: Health
    reports: Reports
