import type { FailureClass } from '../failure.ts';

/** One thing that goes wrong, by the words it says. */
export interface Rule {
  class: FailureClass;
  /** `(?<what>…)` is the thing it went wrong with. */
  says: RegExp;
  message: (what: string) => string;
  next: string;
}

/** The commonest ways in which a bake fails, the more special ones first: the first that fits a line is what the line says. */
export const RULES: readonly Rule[] = [
  {
    class: 'throttled',
    says: /RequestLimitExceeded|toomanyrequests|Too Many Requests|\b429\b|rate limit exceeded|rateLimitExceeded|Throttling/i,
    message: () => 'a service was asked too often and said slow down',
    next: 'wait and bake again; lower how many bakes run at once against it',
  },
  {
    class: 'host',
    says: /Cannot connect to the Docker daemon(?: at (?<what>\S+?))?\.(?:\s|$)|Error preparing shell script.*no space left on device/,
    message: (what) => (what === '' ? 'the worker cannot do its part' : `the worker has no docker daemon at ${what}`),
    next: 'look at the worker: its docker daemon, its disk; other workers are not touched by it',
  },
  {
    class: 'host',
    says: /no space left on device|Disk quota exceeded|ENOSPC/i,
    message: () => 'a disk is full',
    next: 'free space where the bake writes, or give it a larger disk',
  },
  {
    class: 'name-conflict',
    says: /(?<what>\S+) (?:already exists(?!, but deleting)|is (?:used|in use) by)/,
    message: (what) => `something of that name is there already: ${what}`,
    next: 'clear it away if it is a leftover of an earlier try, or ask for another image name',
  },
  {
    class: 'network',
    says: /Temporary failure (?:in name resolution|resolving ['‘]?(?<what>[^'’\s]+))|Could not resolve (?:host: )?['‘]?(?<what2>[^'’\s]+)|no such host/,
    message: (what) => `a name cannot be resolved${what === '' ? '' : `: ${what}`}`,
    next: 'look at the name servers of the worker and of the image; bake again when they answer',
  },
  {
    class: 'network',
    says: /Connection (?:refused|reset|timed out)|Network is unreachable|i\/o timeout|TLS handshake timeout|Could not connect to (?<what>\S+)/,
    message: (what) => `a connection failed${what === '' ? '' : ` to ${what}`}`,
    next: 'look whether the worker reaches that host; bake again when it does',
  },
  {
    class: 'package',
    says: /(?:E: )?(?:Unable to locate package|Package '?(?=\S+'? has no installation candidate)) ?(?<what>[^\s']+)|No package (?<what2>\S+) available|Version '(?<what3>[^']+)' for '[^']+' was not found/,
    message: (what) => `the package ${what} cannot be found`,
    next: 'check its name and version, and that the repository of the base image has it',
  },
  {
    class: 'toolchain',
    says: /Missing plugins|Unsupported Packer Core version|The (?:builder|provisioner|post-processor) (?<what>\S+) is unknown/,
    message: (what) => `Packer or a plugin of it is missing or too old${what === '' ? '' : `: ${what}`}`,
    next: 'install it on the worker, in a version that the template takes',
  },
  {
    class: 'template',
    says: /Failed to (?:parse|initialize|prepare) (?:template|build)|Error parsing (?<what>\S+)|Unsupported (?:argument|block)|required variable not set: (?<what2>\S+)|\d+ error(?:s|\(s\))? (?:occurred|decoding)|[Uu]nknown configuration key/,
    message: (what) => `Packer refuses the template${what === '' ? '' : `: ${what}`}`,
    next: 'mend the template or its variables; `packer validate` shows the same',
  },
];

/** What decides only where nothing more telling was said: the ending of a script. */
export const LAST_RESORT: readonly Rule[] = [
  {
    class: 'provisioner',
    says: /Script exited with non-zero exit status: (?<what>\d+)|Error executing script|exit status (?<what2>[1-9]\d*)/,
    message: (what) => `a script of the template failed${what === '' ? '' : ` with exit code ${what}`}`,
    next: 'read the lines of the log before this one: the script says there what it missed',
  },
];
