# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_baoctl_global_optspecs
    string join \n n/namespace= context= kubeconfig= as= as-group= request-timeout= o/output= color= progress= v/verbose h/help V/version
end

function __fish_baoctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_baoctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_baoctl_using_subcommand
    set -l cmd (__fish_baoctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c baoctl -n "__fish_baoctl_needs_command" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_needs_command" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_needs_command" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_needs_command" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_needs_command" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_needs_command" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_needs_command" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_needs_command" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_needs_command" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_needs_command" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_needs_command" -s V -l version -d 'Print version'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "preflight" -d 'Check whether an upgrade may start; change nothing'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "upgrade" -d 'Upgrade a cluster'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "status" -d 'Show versions, leader, pods, locks, pauses and an unfinished upgrade'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "pause" -d 'Pause the operator; ask a running upgrade to stop at its next safe point'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "resume" -d 'Finish an unfinished upgrade, or end a pause'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "rehearse" -d 'Rehearse an upgrade on an embedded cluster, in virtual time'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c baoctl -n "__fish_baoctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l to -d 'The version to reach' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l image -d 'The image to run; by default the present repository with the new tag' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l strategy -d 'The kind of upgrade to check for' -r -f -a "rolling\t'Pod by pod'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l only -d 'Evaluate only this check, or this category; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l snapshot -d 'Where the upgrade is to put its snapshot' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l fail-on -d 'What makes the command fail' -r -f -a "warn\t'A warning too'
fail\t'A failed check, or one that could not be evaluated'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l end-pause -d 'The upgrade is to end a pause that somebody else asked for'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand preflight" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "rolling" -d 'Replace the pods one at a time, the leader last'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "bluegreen" -d 'Bring up new pods beside the old ones, then move everything over at once'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "promote" -d 'Go on with a blue/green upgrade that stopped at `--until`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "abort" -d 'Remove green before it has any vote; nothing that serves is touched'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "rollback" -d 'Give votes, leadership and clients back to blue, then remove green'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and not __fish_seen_subcommand_from rolling bluegreen promote abort rollback help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l to -d 'The version to reach' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l image -d 'The image to run; by default the present repository with the new tag' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l order -d 'Order of the pods; auto needs one leader move wherever the leader is' -r -f -a "auto\t'Whichever moves leadership least'
reverse-ordinal\t'The operator\'s: highest ordinal first, leadership on ordinal 0'
leader-last\t'Standbys first, then whoever leads'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l dry-run -d 'Print the plan; change nothing'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rolling" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l to -d 'The version to reach' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l image -d 'The image to run; by default the present repository with the new tag' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l until -d 'How far to go: green in step and without votes, green serving and blue without votes, or blue gone. By default `done`, or `ready` where spec.upgrade.blueGreen.autoPromote is false' -r -f -a "ready\t'Green is in step and has no votes'
cutover\t'Green leads and serves; blue runs on without votes'
done\t'Blue is gone'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l soak -d 'How long to watch green serve before blue is removed; not at all by default' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l delete-blue-volumes -d 'Delete blue\'s volumes with it. They are kept otherwise, and stand in the way of an upgrade back to that very version and image'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l delete-leftover-volumes -d 'Delete volumes of green\'s name that an earlier try has left, with what is on them'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l dry-run -d 'Print the plan; change nothing'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from bluegreen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l until -d 'How far to go' -r -f -a "ready\t'Green is in step and has no votes'
cutover\t'Green leads and serves; blue runs on without votes'
done\t'Blue is gone'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "rolling" -d 'Replace the pods one at a time, the leader last'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "bluegreen" -d 'Bring up new pods beside the old ones, then move everything over at once'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Go on with a blue/green upgrade that stopped at `--until`'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "abort" -d 'Remove green before it has any vote; nothing that serves is touched'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "rollback" -d 'Give votes, leadership and clients back to blue, then remove green'
complete -c baoctl -n "__fish_baoctl_using_subcommand upgrade; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l reason -d 'Why, for whoever finds the cluster paused' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l order -d 'Order of the pods; auto needs one leader move wherever the leader is' -r -f -a "auto\t'Whichever moves leadership least'
reverse-ordinal\t'The operator\'s: highest ordinal first, leadership on ordinal 0'
leader-last\t'Standbys first, then whoever leads'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l timeout -d 'Stop at a safe point when the whole run takes longer; resumable' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l start-timeout -d 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l snapshot -d 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l step-down-via -d 'How the leader is made to step down: by baoctl\'s own request, or by the operator\'s executor Job' -r -f -a "direct\t'By baoctl\'s own request to the leader'
job\t'By the operator\'s executor Job'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l as-operator -d 'Send the locked writes, and only these, as the operator\'s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l token-file -d 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l auth-mount -d 'Mount of the JWT auth method to log in at' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l jwt-audience -d 'Audience of the ServiceAccount token' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l ca-cert -d 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l tls-server-name -d 'The one name that the servers\' certificates have, where it is not the pods\'; by default that of the resource, where it gets them by ACME' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l client-cert -d 'Certificate for servers that demand one; with --client-key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l client-key -d 'Its key' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l connect -d 'How to reach the pods: auto forwards ports unless baoctl runs in a pod' -r -f -a "auto\t'Direct inside a pod, else port-forward'
port-forward\t'Through the API server'
direct\t'To the pods\' own addresses'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l take-over -d 'Finish an upgrade that the in-cluster operator left unfinished; an upgrade of baoctl\'s own keeps the order it began with'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -s y -l yes -d 'Do not ask; implies none of the waivers, so it crosses no one-way door'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l force -d 'Let the snapshot take the place of a file of that name'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l end-pause -d 'End a pause that somebody else asked for with `baoctl pause`'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l maintenance-override -d 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -l allow-plain-http -d 'Send the token to servers without TLS, where others may read it'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -f -a "rolling" -d 'Rehearse `upgrade rolling`'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -f -a "bluegreen" -d 'Rehearse `upgrade bluegreen`'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and not __fish_seen_subcommand_from rolling bluegreen help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l to -d 'The version to reach' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l from -d 'The version the cluster runs' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l replicas -d 'Voters: 1, 3, 5 or 7' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l leader -d 'Ordinal of the leader' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l scenario -d 'A scenario file: the cluster, the upgrade, and what goes wrong' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l order -d 'Order of the pods; auto needs one leader move wherever the leader is' -r -f -a "auto\t'Whichever moves leadership least'
reverse-ordinal\t'The operator\'s: highest ordinal first, leadership on ordinal 0'
leader-last\t'Standbys first, then whoever leads'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l seed -d 'Chance: the same seed gives the same run, byte for byte' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l speed -d 'How much faster than life, 1 to 1000 or max; by default 3 at a terminal and max elsewhere' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l from-cluster -d 'Build the world like this real cluster, which is only read' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l save -d 'Write what is rehearsed as a scenario file' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l seeds -d 'Rehearse once with each seed from A up to, without, B; ends with a table' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l timeout -d 'Begin no rehearsal after so long; those that were played are told' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l crashes -d 'Kill baoctl at each of its writes (before it, done but unanswered, answered), run it again, and compare how the cluster is left; or at the K-th write only' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l faults -d 'With each seed, what goes wrong by chance: none, some (one or two things), all (up to six), or the faults named: F1,F11,F24' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l snapshot -d 'Take the snapshot first, to this file, which is removed at the end; one file for each of many seeds' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l unpauses -d 'Un-pause the operator at each of baoctl\'s writes: once beside a baoctl that goes on, once behind one that was killed there and is run again a minute later'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l standstills -d 'Let everything stand still for good at each of baoctl\'s writes, and a moment after it: the network, then the cluster behind it. It has to end by itself'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l back -d 'Whoever runs baoctl again, once it was killed or has halted, goes back to the version the cluster came from'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l any-cluster -d 'With each seed another cluster: 1, 3, 5 or 7 voters, any leader, any order, both kinds of pairs of versions, and now and then the way back'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from rolling" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l to -d 'The version to reach' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l from -d 'The version the cluster runs' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l replicas -d 'Voters: 1, 3, 5 or 7' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l leader -d 'Ordinal of the leader' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l scenario -d 'A scenario file: the cluster, the upgrade, and what goes wrong' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l order -d 'Order of the pods; auto needs one leader move wherever the leader is' -r -f -a "auto\t'Whichever moves leadership least'
reverse-ordinal\t'The operator\'s: highest ordinal first, leadership on ordinal 0'
leader-last\t'Standbys first, then whoever leads'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l seed -d 'Chance: the same seed gives the same run, byte for byte' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l speed -d 'How much faster than life, 1 to 1000 or max; by default 3 at a terminal and max elsewhere' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l from-cluster -d 'Build the world like this real cluster, which is only read' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l save -d 'Write what is rehearsed as a scenario file' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l seeds -d 'Rehearse once with each seed from A up to, without, B; ends with a table' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l timeout -d 'Begin no rehearsal after so long; those that were played are told' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l crashes -d 'Kill baoctl at each of its writes (before it, done but unanswered, answered), run it again, and compare how the cluster is left; or at the K-th write only' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l faults -d 'With each seed, what goes wrong by chance: none, some (one or two things), all (up to six), or the faults named: F1,F11,F24' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l snapshot -d 'Take the snapshot first, to this file, which is removed at the end; one file for each of many seeds' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l ignore-check -d 'Go on although this preflight check failed; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l until -d 'Stop there first, and promote ten seconds later, in the same rehearsal' -r -f -a "ready\t'Green is in step and has no votes'
cutover\t'Green leads and serves; blue runs on without votes'
done\t'Blue is gone'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l soak -d 'How long to watch green serve before blue is removed; not at all by default' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l unpauses -d 'Un-pause the operator at each of baoctl\'s writes: once beside a baoctl that goes on, once behind one that was killed there and is run again a minute later'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l standstills -d 'Let everything stand still for good at each of baoctl\'s writes, and a moment after it: the network, then the cluster behind it. It has to end by itself'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l back -d 'Whoever runs baoctl again, once it was killed or has halted, goes back to the version the cluster came from'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l any-cluster -d 'With each seed another cluster: 1, 3, 5 or 7 voters, any leader, any order, both kinds of pairs of versions, and now and then the way back'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l allow-downtime -d 'A cluster of one replica is down while it restarts'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l allow-no-snapshot -d 'Go on without the snapshot that the resource or a one-way door demands'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -l accept-one-way -d 'Cross a one-way door: once the target version has led, the old one never leads again'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from bluegreen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from help" -f -a "rolling" -d 'Rehearse `upgrade rolling`'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from help" -f -a "bluegreen" -d 'Rehearse `upgrade bluegreen`'
complete -c baoctl -n "__fish_baoctl_using_subcommand rehearse; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -s n -l namespace -d 'Namespace of the cluster; by default the context\'s' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l context -d 'Context of the kubeconfig' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l kubeconfig -d 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod\'s own account' -r -F
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l as -d 'User to impersonate for every request' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l request-timeout -d 'How long one request to the API server may take' -r
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -s o -l output -d 'Form of the result on stdout; everything else goes to stderr' -r -f -a "human\t'Text for people'
json\t'One JSON document'
yaml\t'One YAML document'
ndjson\t'One JSON object a line: the events, then the result'"
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l color -d 'Colours; NO_COLOR and TERM=dumb are respected' -r -f -a "auto\t'On a terminal that wants them'
always\t'Always'
never\t'Never'"
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -l progress -d 'Progress on stderr: live on a terminal, plain lines, or none' -r -f -a "auto\t'Live on a terminal, else plain'
plain\t'One line per change'
none\t'Nothing'"
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -s v -l verbose -d 'Log more to stderr; twice for debugging'
complete -c baoctl -n "__fish_baoctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "preflight" -d 'Check whether an upgrade may start; change nothing'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "upgrade" -d 'Upgrade a cluster'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "status" -d 'Show versions, leader, pods, locks, pauses and an unfinished upgrade'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "pause" -d 'Pause the operator; ask a running upgrade to stop at its next safe point'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "resume" -d 'Finish an unfinished upgrade, or end a pause'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "rehearse" -d 'Rehearse an upgrade on an embedded cluster, in virtual time'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and not __fish_seen_subcommand_from preflight upgrade status pause resume rehearse completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from upgrade" -f -a "rolling" -d 'Replace the pods one at a time, the leader last'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from upgrade" -f -a "bluegreen" -d 'Bring up new pods beside the old ones, then move everything over at once'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from upgrade" -f -a "promote" -d 'Go on with a blue/green upgrade that stopped at `--until`'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from upgrade" -f -a "abort" -d 'Remove green before it has any vote; nothing that serves is touched'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from upgrade" -f -a "rollback" -d 'Give votes, leadership and clients back to blue, then remove green'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from rehearse" -f -a "rolling" -d 'Rehearse `upgrade rolling`'
complete -c baoctl -n "__fish_baoctl_using_subcommand help; and __fish_seen_subcommand_from rehearse" -f -a "bluegreen" -d 'Rehearse `upgrade bluegreen`'
