
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'baoctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'baoctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'baoctl' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('preflight', 'preflight', [CompletionResultType]::ParameterValue, 'Check whether an upgrade may start; change nothing')
            [CompletionResult]::new('upgrade', 'upgrade', [CompletionResultType]::ParameterValue, 'Upgrade a cluster')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show versions, leader, pods, locks, pauses and an unfinished upgrade')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Pause the operator; ask a running upgrade to stop at its next safe point')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an unfinished upgrade, or end a pause')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Rehearse an upgrade on an embedded cluster, in virtual time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;preflight' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to reach')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run; by default the present repository with the new tag')
            [CompletionResult]::new('--strategy', '--strategy', [CompletionResultType]::ParameterName, 'The kind of upgrade to check for')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Evaluate only this check, or this category; may be repeated')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Where the upgrade is to put its snapshot')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'What makes the command fail')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'The upgrade is to end a pause that somebody else asked for')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Replace the pods one at a time, the leader last')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Bring up new pods beside the old ones, then move everything over at once')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Go on with a blue/green upgrade that stopped at `--until`')
            [CompletionResult]::new('abort', 'abort', [CompletionResultType]::ParameterValue, 'Remove green before it has any vote; nothing that serves is touched')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Give votes, leadership and clients back to blue, then remove green')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;upgrade;rolling' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to reach')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run; by default the present repository with the new tag')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Order of the pods; auto needs one leader move wherever the leader is')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the plan; change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade;bluegreen' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to reach')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run; by default the present repository with the new tag')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'How far to go: green in step and without votes, green serving and blue without votes, or blue gone. By default `done`, or `ready` where spec.upgrade.blueGreen.autoPromote is false')
            [CompletionResult]::new('--soak', '--soak', [CompletionResultType]::ParameterName, 'How long to watch green serve before blue is removed; not at all by default')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--delete-blue-volumes', '--delete-blue-volumes', [CompletionResultType]::ParameterName, 'Delete blue''s volumes with it. They are kept otherwise, and stand in the way of an upgrade back to that very version and image')
            [CompletionResult]::new('--delete-leftover-volumes', '--delete-leftover-volumes', [CompletionResultType]::ParameterName, 'Delete volumes of green''s name that an earlier try has left, with what is on them')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the plan; change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade;promote' {
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'How far to go')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade;abort' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade;rollback' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;upgrade;help' {
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Replace the pods one at a time, the leader last')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Bring up new pods beside the old ones, then move everything over at once')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Go on with a blue/green upgrade that stopped at `--until`')
            [CompletionResult]::new('abort', 'abort', [CompletionResultType]::ParameterValue, 'Remove green before it has any vote; nothing that serves is touched')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Give votes, leadership and clients back to blue, then remove green')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;upgrade;help;rolling' {
            break
        }
        'baoctl;upgrade;help;bluegreen' {
            break
        }
        'baoctl;upgrade;help;promote' {
            break
        }
        'baoctl;upgrade;help;abort' {
            break
        }
        'baoctl;upgrade;help;rollback' {
            break
        }
        'baoctl;upgrade;help;help' {
            break
        }
        'baoctl;status' {
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;pause' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why, for whoever finds the cluster paused')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;resume' {
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Order of the pods; auto needs one leader move wherever the leader is')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop at a safe point when the whole run takes longer; resumable')
            [CompletionResult]::new('--start-timeout', '--start-timeout', [CompletionResultType]::ParameterName, 'How long a new pod may take to be Ready, to answer and to catch up: a database of gigabytes may be replayed for 20 minutes')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take a raft snapshot first, verify it, and put it here; a resumed run that was to take one and has not needs it said again')
            [CompletionResult]::new('--step-down-via', '--step-down-via', [CompletionResultType]::ParameterName, 'How the leader is made to step down: by baoctl''s own request, or by the operator''s executor Job')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--as-operator', '--as-operator', [CompletionResultType]::ParameterName, 'Send the locked writes, and only these, as the operator''s ServiceAccount; found by itself unless named. Needs the verb impersonate on that account')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with an OpenBao token; by default $BAO_TOKEN, then a login with a short-lived ServiceAccount token. A root token is refused')
            [CompletionResult]::new('--auth-mount', '--auth-mount', [CompletionResultType]::ParameterName, 'Mount of the JWT auth method to log in at')
            [CompletionResult]::new('--jwt-audience', '--jwt-audience', [CompletionResultType]::ParameterName, 'Audience of the ServiceAccount token')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Certificates to verify the servers by; by default the Secret CLUSTER-tls-ca')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The one name that the servers'' certificates have, where it is not the pods''; by default that of the resource, where it gets them by ACME')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Certificate for servers that demand one; with --client-key')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its key')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'How to reach the pods: auto forwards ports unless baoctl runs in a pod')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Finish an upgrade that the in-cluster operator left unfinished; an upgrade of baoctl''s own keeps the order it began with')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; implies none of the waivers, so it crosses no one-way door')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let the snapshot take the place of a file of that name')
            [CompletionResult]::new('--end-pause', '--end-pause', [CompletionResultType]::ParameterName, 'End a pause that somebody else asked for with `baoctl pause`')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('--maintenance-override', '--maintenance-override', [CompletionResultType]::ParameterName, 'Mark the locked writes with openbao.org/maintenance=true, removed at the end. For system:masters, or holders of the verb maintenance on the cluster where the operator knows it')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Send the token to servers without TLS, where others may read it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;rehearse' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade rolling`')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade bluegreen`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;rehearse;rolling' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to reach')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The version the cluster runs')
            [CompletionResult]::new('--replicas', '--replicas', [CompletionResultType]::ParameterName, 'Voters: 1, 3, 5 or 7')
            [CompletionResult]::new('--leader', '--leader', [CompletionResultType]::ParameterName, 'Ordinal of the leader')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'A scenario file: the cluster, the upgrade, and what goes wrong')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Order of the pods; auto needs one leader move wherever the leader is')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Chance: the same seed gives the same run, byte for byte')
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'How much faster than life, 1 to 1000 or max; by default 3 at a terminal and max elsewhere')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Build the world like this real cluster, which is only read')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write what is rehearsed as a scenario file')
            [CompletionResult]::new('--seeds', '--seeds', [CompletionResultType]::ParameterName, 'Rehearse once with each seed from A up to, without, B; ends with a table')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Begin no rehearsal after so long; those that were played are told')
            [CompletionResult]::new('--crashes', '--crashes', [CompletionResultType]::ParameterName, 'Kill baoctl at each of its writes (before it, done but unanswered, answered), run it again, and compare how the cluster is left; or at the K-th write only')
            [CompletionResult]::new('--faults', '--faults', [CompletionResultType]::ParameterName, 'With each seed, what goes wrong by chance: none, some (one or two things), all (up to six), or the faults named: F1,F11,F24')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take the snapshot first, to this file, which is removed at the end; one file for each of many seeds')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--unpauses', '--unpauses', [CompletionResultType]::ParameterName, 'Un-pause the operator at each of baoctl''s writes: once beside a baoctl that goes on, once behind one that was killed there and is run again a minute later')
            [CompletionResult]::new('--standstills', '--standstills', [CompletionResultType]::ParameterName, 'Let everything stand still for good at each of baoctl''s writes, and a moment after it: the network, then the cluster behind it. It has to end by itself')
            [CompletionResult]::new('--back', '--back', [CompletionResultType]::ParameterName, 'Whoever runs baoctl again, once it was killed or has halted, goes back to the version the cluster came from')
            [CompletionResult]::new('--any-cluster', '--any-cluster', [CompletionResultType]::ParameterName, 'With each seed another cluster: 1, 3, 5 or 7 voters, any leader, any order, both kinds of pairs of versions, and now and then the way back')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;rehearse;bluegreen' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to reach')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The version the cluster runs')
            [CompletionResult]::new('--replicas', '--replicas', [CompletionResultType]::ParameterName, 'Voters: 1, 3, 5 or 7')
            [CompletionResult]::new('--leader', '--leader', [CompletionResultType]::ParameterName, 'Ordinal of the leader')
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'A scenario file: the cluster, the upgrade, and what goes wrong')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Order of the pods; auto needs one leader move wherever the leader is')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Chance: the same seed gives the same run, byte for byte')
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'How much faster than life, 1 to 1000 or max; by default 3 at a terminal and max elsewhere')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Build the world like this real cluster, which is only read')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write what is rehearsed as a scenario file')
            [CompletionResult]::new('--seeds', '--seeds', [CompletionResultType]::ParameterName, 'Rehearse once with each seed from A up to, without, B; ends with a table')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Begin no rehearsal after so long; those that were played are told')
            [CompletionResult]::new('--crashes', '--crashes', [CompletionResultType]::ParameterName, 'Kill baoctl at each of its writes (before it, done but unanswered, answered), run it again, and compare how the cluster is left; or at the K-th write only')
            [CompletionResult]::new('--faults', '--faults', [CompletionResultType]::ParameterName, 'With each seed, what goes wrong by chance: none, some (one or two things), all (up to six), or the faults named: F1,F11,F24')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Take the snapshot first, to this file, which is removed at the end; one file for each of many seeds')
            [CompletionResult]::new('--ignore-check', '--ignore-check', [CompletionResultType]::ParameterName, 'Go on although this preflight check failed; may be repeated')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Stop there first, and promote ten seconds later, in the same rehearsal')
            [CompletionResult]::new('--soak', '--soak', [CompletionResultType]::ParameterName, 'How long to watch green serve before blue is removed; not at all by default')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('--unpauses', '--unpauses', [CompletionResultType]::ParameterName, 'Un-pause the operator at each of baoctl''s writes: once beside a baoctl that goes on, once behind one that was killed there and is run again a minute later')
            [CompletionResult]::new('--standstills', '--standstills', [CompletionResultType]::ParameterName, 'Let everything stand still for good at each of baoctl''s writes, and a moment after it: the network, then the cluster behind it. It has to end by itself')
            [CompletionResult]::new('--back', '--back', [CompletionResultType]::ParameterName, 'Whoever runs baoctl again, once it was killed or has halted, goes back to the version the cluster came from')
            [CompletionResult]::new('--any-cluster', '--any-cluster', [CompletionResultType]::ParameterName, 'With each seed another cluster: 1, 3, 5 or 7 voters, any leader, any order, both kinds of pairs of versions, and now and then the way back')
            [CompletionResult]::new('--allow-downtime', '--allow-downtime', [CompletionResultType]::ParameterName, 'A cluster of one replica is down while it restarts')
            [CompletionResult]::new('--allow-no-snapshot', '--allow-no-snapshot', [CompletionResultType]::ParameterName, 'Go on without the snapshot that the resource or a one-way door demands')
            [CompletionResult]::new('--accept-one-way', '--accept-one-way', [CompletionResultType]::ParameterName, 'Cross a one-way door: once the target version has led, the old one never leads again')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;rehearse;help' {
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade rolling`')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade bluegreen`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;rehearse;help;rolling' {
            break
        }
        'baoctl;rehearse;help;bluegreen' {
            break
        }
        'baoctl;rehearse;help;help' {
            break
        }
        'baoctl;completions' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the cluster; by default the context''s')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig; by default $KUBECONFIG, then ~/.kube/config, then the pod''s own account')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate for every request')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; may be repeated')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request to the API server may take')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout; everything else goes to stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours; NO_COLOR and TERM=dumb are respected')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Progress on stderr: live on a terminal, plain lines, or none')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more to stderr; twice for debugging')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'baoctl;help' {
            [CompletionResult]::new('preflight', 'preflight', [CompletionResultType]::ParameterValue, 'Check whether an upgrade may start; change nothing')
            [CompletionResult]::new('upgrade', 'upgrade', [CompletionResultType]::ParameterValue, 'Upgrade a cluster')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show versions, leader, pods, locks, pauses and an unfinished upgrade')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Pause the operator; ask a running upgrade to stop at its next safe point')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an unfinished upgrade, or end a pause')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Rehearse an upgrade on an embedded cluster, in virtual time')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'baoctl;help;preflight' {
            break
        }
        'baoctl;help;upgrade' {
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Replace the pods one at a time, the leader last')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Bring up new pods beside the old ones, then move everything over at once')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Go on with a blue/green upgrade that stopped at `--until`')
            [CompletionResult]::new('abort', 'abort', [CompletionResultType]::ParameterValue, 'Remove green before it has any vote; nothing that serves is touched')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Give votes, leadership and clients back to blue, then remove green')
            break
        }
        'baoctl;help;upgrade;rolling' {
            break
        }
        'baoctl;help;upgrade;bluegreen' {
            break
        }
        'baoctl;help;upgrade;promote' {
            break
        }
        'baoctl;help;upgrade;abort' {
            break
        }
        'baoctl;help;upgrade;rollback' {
            break
        }
        'baoctl;help;status' {
            break
        }
        'baoctl;help;pause' {
            break
        }
        'baoctl;help;resume' {
            break
        }
        'baoctl;help;rehearse' {
            [CompletionResult]::new('rolling', 'rolling', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade rolling`')
            [CompletionResult]::new('bluegreen', 'bluegreen', [CompletionResultType]::ParameterValue, 'Rehearse `upgrade bluegreen`')
            break
        }
        'baoctl;help;rehearse;rolling' {
            break
        }
        'baoctl;help;rehearse;bluegreen' {
            break
        }
        'baoctl;help;completions' {
            break
        }
        'baoctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
