"""Parameters of an address that say how a reader came, never what he reads; and an address without them. Pure."""

from __future__ import annotations

import re

# Collected from what the large mail, advertising and social services append. Names that also select content somewhere (`ref`,
# `id`, `p`, `source`, `sid`, `cid`) are not here.
_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id epik
    mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv oly_anon_id oly_enc_id
    ml_subscriber ml_subscriber_hash ck_subscriber_id rb_clickid wickedid _openstat srsltid _bhlid s_cid __s
    guccounter guce_referrer guce_referrer_sig ref_src ref_url xtor spm wt.mc_id wt.mc_ev wt_mc ocid at_medium at_campaign
    fb_action_ids fb_action_types fb_ref fb_source action_object_map action_type_map action_ref_map
    phpsessid jsessionid aspsessionid cfid cftoken _ga _gl sc_cid sc_channel sc_campaign trk trkcampaign trkinfo
"""
_TRACKING = frozenset(_NAMES.split())
_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "aspsessionid")
# Only with these values does the parameter track: `source` names a repository elsewhere.
_VALUES = {"source": re.compile(r"rss\b|feed\b|twitter\b|email\b|newsletter\b", re.IGNORECASE)}


def tracks(pair: str) -> bool:
    """Whether one `name=value` of a query follows the reader."""
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _TRACKING or name.startswith(_PREFIXES):
        return True
    values = _VALUES.get(name)
    return values is not None and values.match(value) is not None


def without_tracking(url: str) -> str:
    """The address as it may be published: tracking parameters are gone, every other character stays as it was.

    A fragment goes only if it holds nothing but such parameters (`#utm_source=rss`, `#xtor=RSS-1`).
    """
    rest, hash_sign, fragment = url.partition("#")
    if "=" in fragment and all(map(tracks, fragment.split("&"))):
        hash_sign = fragment = ""
    path, mark, query = rest.partition("?")
    if mark:
        pairs = query.split("&")
        kept = [pair for pair in pairs if not tracks(pair)]
        if len(kept) < len(pairs):
            query = "&".join(kept)
            mark = "?" if query else ""
    return f"{path}{mark}{query}{hash_sign}{fragment}"
