"""What somebody should look at, above everything else."""

from collections.abc import Sequence

import pitchpipe as pp
from pitchpipe_tools.html.markup import Markup, element


def alerts(shown: Sequence[pp.Panel]) -> Markup | None:
    """The warnings of all panels."""
    told = [panel.alert for panel in shown if panel.alert]
    if not told:
        return None
    items = element("ul", [element("li", words) for words in told])
    return element("div", element("h2", "Look at this"), items, class_="notices", role="alert")
