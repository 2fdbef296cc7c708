"""What a thread tells an event loop comes in order, whole, and wakes it seldom."""

import asyncio
from threading import Thread

from pitchpipe_stages.serve.engine.outbox import Outbox


def test_all_comes_in_order_and_a_step_wakes_the_loop_once():
    async def hear():
        heard, box = asyncio.Queue(), Outbox(asyncio.get_running_loop())
        woken, wake = [], box.loop.call_soon_threadsafe
        box.loop.call_soon_threadsafe = lambda call: (woken.append(call), wake(call))
        for value in range(16):  # of one step: the loop has no chance to run between them
            box.put(heard.put_nowait, value)
        assert len(woken) == 1
        threads = [
            Thread(target=lambda: [box.put(heard.put_nowait, n) for n in range(2000)]) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        said = [await asyncio.wait_for(heard.get(), 20) for _ in range(16 + 6000)]
        for thread in threads:
            thread.join()
        return said

    said = asyncio.run(hear())
    assert said[:16] == list(range(16)) and sorted(said[16:]) == sorted([*range(2000)] * 3)
