"""Values that charts are made of."""

from hypothesis import strategies as st

values = st.lists(
    st.one_of(st.integers(0, 10**7), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, 0.5])),
    min_size=1,
    max_size=60,
)
