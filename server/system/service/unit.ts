/** The systemd unit of a server (systemd.unit(5), systemd.exec(5)), as little allowed as it gets. */

export interface UnitOptions {
  /** The command that runs licet: absolute paths, before `serve`. */
  readonly program: readonly string[];
  readonly data: string;
  /** Where the unlock secret lies; systemd hands it to the server alone. */
  readonly unlockFile: string;
  readonly user: string;
  /** HOST:PORT, when not that of the settings file. */
  readonly listen: string | undefined;
  /** Whether it listens on a port below 1024. */
  readonly lowPort: boolean;
}

/** A word of ExecStart, quoted as systemd reads it: its specifiers and variables are spelled out. */
const quote = (word: string): string => {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w/.:@%$=+,-]+$/u.test(plain)
    ? plain
    : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
};

/** A port below 1024 takes one capability, which a user namespace of its own would make worthless. */
const portRules = (lowPort: boolean): string[] =>
  lowPort
    ? ['CapabilityBoundingSet=CAP_NET_BIND_SERVICE', 'AmbientCapabilities=CAP_NET_BIND_SERVICE']
    : ['CapabilityBoundingSet=', 'PrivateUsers=yes'];

const sandbox = `NoNewPrivileges=yes
UMask=0077
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateMounts=yes
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
# Netlink tells the addresses of this machine, which the certificate of --tls names.
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# Not MemoryDenyWriteExecute: JavaScript is compiled to machine code while it runs.`;

/** The text of licet.service. */
export const unitText = (options: UnitOptions): string => {
  const { program, data, unlockFile, user, listen, lowPort } = options;
  const command = [...program, 'serve', '--data', data];
  if (listen !== undefined) command.push('--listen', listen);
  return `[Unit]
Description=licet, a license portal
Wants=network-online.target
After=network-online.target

[Service]
# The server says when it answers, by systemd-notify, a process of its own.
Type=notify
NotifyAccess=all
ExecStart=${command.map(quote).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
User=${user}
Group=${user}
LoadCredential=unlock:${quote(unlockFile)}
ReadWritePaths=${quote(data)}
# Replaying a long journal takes its time; stopping lets requests end and writes a snapshot.
TimeoutStartSec=15min
TimeoutStopSec=5min
Restart=on-failure
RestartSec=2
LimitNOFILE=65536
# The memory of the server has keys and passwords in it: no part of it goes into a core dump.
LimitCORE=0
${portRules(lowPort).join('\n')}
${sandbox}

[Install]
WantedBy=multi-user.target
`;
};
