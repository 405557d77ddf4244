"""Owns the words of acts: kind, target, how; no UIDs, no ids, no stamps."""

import json
import re

# Ids of runs and processes within a holder's name.
_IDS = re.compile(r"\bbaoctl/[^\s;]+")


def anonymous(text):
    """The same without the ids of runs."""
    return _IDS.sub("another run", text)


def act(action):
    """An act in words: kind, target, how; no UIDs, no ids."""
    kind = action["kind"]
    if kind == "takeLock":
        displaced = action.get("displaced")
        return "take the lock" + (f" of {anonymous(displaced)}" if displaced else "")
    if kind == "begin":
        record = action["record"]
        return (f"begin in order {record['order']}, paused before: {record.get('pausedBefore', False)}"
                + _colours(record))
    if kind == "record":
        record = action["record"]
        return f"record {record.get('newestActive')} as the newest active version" + _colours(record)
    if kind == "takeSnapshot":
        return f"take a snapshot of {action['node']['name']}"
    if kind == "declare":
        return f"declare {action['version']}, {action['image']}"
    if kind == "publish":
        return f"publish partition {action['currentPartition']}, done: {sorted(action['completedPods'])}"
    if kind == "hold":
        hold = action["hold"]
        how = f"partition {hold['partition']}" if isinstance(hold, dict) else hold
        return f"hold the {action['pool']} with {how}"
    if kind == "setImage":
        return f"set the image of the {action['pool']}"
    if kind == "stepDown":
        return f"step {action['node']['name']} down"
    if kind == "release":
        by = action["by"]
        how = f"partition {by['partition']}" if isinstance(by, dict) else by
        return f"release {action['pod']['name']} by {how}"
    if kind == "unhold":
        return f"let the {action['pool']} go"
    return _coloured_act(kind, action)


def _coloured_act(kind, action):
    """An act of a blue/green upgrade in words; revisions are the same on both sides."""
    if kind == "writePhase":
        status = action["status"]
        return (f"enter the phase {status['phase']}, blue {status['blueRevision']} {status['blueImage']}, "
                f"green {status['greenRevision']}")
    if kind == "emptySelfInit":
        return "empty the self-init content"
    if kind == "createConfig":
        return f"create the ConfigMap of {action['revision']}"
    if kind == "createStatefulSet":
        return f"create the StatefulSet of {action['revision']} with {action['image']}"
    if kind == "changeMember":
        return f"have {action['leader']['name']} {action['change']} {action['member']}"
    if kind == "moveService":
        return f"move the Service to {action['revision']}"
    if kind == "scaleToNone":
        return f"scale the StatefulSet of {action['revision']} to none"
    if kind == "deletePart":
        return f"delete the {action['part']} of {action['revision']}"
    # A kind that is not known yet is told with all it has.
    rest = {key: value for key, value in action.items() if key != "kind"}
    return f"{kind} {json.dumps(rest, sort_keys=True)}" if rest else kind


def _colours(record):
    """The blue/green part of a run record, without its stamps."""
    found = record.get("blueGreen")
    if not found:
        return ""
    words = [f", from {found['blue']} to {found['green']} until {found['until']}",
             f"in step for {found['minSyncS']} s, watched for {found['soakS']} s"]
    if found.get("cutOverAt"):
        words.append("cut over")
    words += [word for key, word in (("deleteLeftoverVolumes", "without what was left over"),
                                     ("deleteBlueVolumes", "without blue's volumes")) if found.get(key)]
    return ", ".join(words)
