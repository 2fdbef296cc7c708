"""The section about duplicates: the largest clusters of each filter that compares rows."""

from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.data.clusters import Cluster, Clusters
from pitchpipe_tools.report.data.excerpts import SampleRow
from pitchpipe_tools.report.data.sample_row import sample_row


def duplicates(clusters: Clusters, read: int) -> Markup:
    """A line for each filter and reason. A line unfolds to the largest clusters."""
    most = max(places.total() for places in clusters.places.values())
    return joined([_line(clusters, label, reason, most, read) for label, reason in clusters.places])


def _line(clusters: Clusters, label: str, reason: str, most: int, read: int) -> Markup:
    places = clusters.places[label, reason]
    rows, largest = places.total(), places.most_common(1)[0][1]
    like = f"{number(rows)} row{'s' * (rows != 1)} like {number(len(places))} other{'s' * (len(places) != 1)}"
    words = f"{like}, at most {number(largest)} like one"
    summary = element(
        "summary",
        element("span", reason[:80], class_="fate"),
        element("span", words, element("small", f"filter {label}"), class_="words"),
        bar([("dropped", rows, f"{number(rows)} rows")], most),
        element("span", number(rows), class_="count"),
        element("span", share(rows, read), class_="share"),
    )
    shown = [_cluster(cluster) for cluster in clusters.largest(label, reason)]
    return element(
        "details", summary, element("div", element("h4", "The largest clusters"), shown, class_="inside")
    )


def _cluster(cluster: Cluster) -> Markup:
    rows = f"{number(cluster.rows)} row{'s are' if cluster.rows != 1 else ' is'} like this one"
    texts = cluster.example.texts if cluster.example else []
    return joined(element("h5", rows), sample_row(SampleRow(cluster.place, texts)))
