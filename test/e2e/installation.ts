import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { type Mirror, startMirror } from '../support/mirror.ts';
import { openPackageRoot, type PackageRoot, type Ran } from '../support/package-root.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';

/** What the tests of one family of packages have of their own. */
interface Family {
  type: 'deb' | 'rpm';
  /** Bash that puts packages below `/mnt/www` and `/mnt/local`. */
  build: string;
  /** Bash that writes down facts after each installation. */
  look: string;
  /** Bash that defines `already REPOSITORY PACKAGE…`, for packages that are there before the script comes. */
  already: string;
  /** What stands behind the address of a repository. */
  tail: string;
}

/** What a test has to install with: two repositories on a mirror that serves, unless it is told otherwise. */
interface Parts {
  mirror: Mirror;
  one: string;
  two: string;
  /** Runs the script in a system that is as new but for what `before` did; its environment is `asked`. */
  install: (asked: Record<string, string>, circumstances?: Circumstances) => Promise<Installed>;
}

/** Opens a system and a mirror for all tests of a file, and skips these where there can be none. Throws when anything of it outlives them. */
export function openForAll(familyOf: () => Family): () => Parts {
  let opened: Place | undefined;
  let unavailable = '';
  // Each runs in some seconds, unless a mirror tries the patience of a package manager.
  vi.setConfig({ testTimeout: 2 * MINUTES });
  beforeAll(async () => {
    const place = await openPlace(familyOf());
    if ('unavailable' in place) unavailable = place.unavailable;
    else opened = place;
  }, 5 * MINUTES);
  afterAll(() => opened?.close());
  beforeEach((context) => {
    if (unavailable !== '') context.skip(unavailable);
    opened?.mirror.be(() => 'serve');
  });
  return () => {
    if (!opened) throw new Error('a test of packages runs without a place to install them');
    return partsOf(opened, familyOf());
  };
}

/** Uploads that list, and the files that it may name. */
export const upload = (list: unknown): string => `
  mkdir /tmp/upload
  cp /mnt/local/* /tmp/upload
  printf %s '${JSON.stringify(list)}' >/tmp/artifacts.json`;

const MINUTES = 60_000;

interface Place {
  mirror: Mirror;
  install: Parts['install'];
  close: () => Promise<void>;
}

interface Circumstances {
  /** Bash, as root, which may leave things running. */
  before?: string;
  /** `hurried`: the script's pauses and apt's own are short. */
  pauses?: 'hurried';
  /** Who runs the script; `baker` may use sudo. */
  as?: 'root' | 'baker' | 'nobody';
}

interface Installed extends Ran {
  /** Lines of the files in `/mnt/facts`, by name, and `left`: what the script added to (`>`) or took from (`<`) the places that it writes to. */
  facts: Record<string, string[]>;
}

/** Opens one, or says why there can be none here. */
async function openPlace({ type, build, look, already }: Family): Promise<Place | { unavailable: string }> {
  const root = await openPackageRoot();
  if ('unavailable' in root) return root;
  const built = await root.run(build);
  if (built.status !== 0) {
    await root.remove();
    throw new Error(`the packages were not built: ${built.output}`);
  }
  const mirror = await startMirror(path.join(root.shared, 'www'));
  return {
    mirror,
    install: (asked, { before = '', ...circumstances } = {}) =>
      install(root, { package_type: type, ...asked }, { look, ...circumstances, before: `${already}\n${before}` }),
    close: async () => {
      await mirror.stop();
      const left = await whatIsLeftOf(root.shared);
      await root.remove();
      if (left.length > 0) throw new Error(`these are left: ${left.join('\n')}`);
    },
  };
}

function partsOf({ mirror, install }: Place, { tail }: Family): Parts {
  return { mirror, install, one: `http://${mirror.host}/one${tail}`, two: `http://${mirror.host}/two${tail}` };
}

async function install(
  { run, shared }: PackageRoot,
  asked: Record<string, string>,
  { before, look, pauses, as = 'root' }: Circumstances & { before: string; look: string },
): Promise<Installed> {
  const facts = path.join(shared, 'facts');
  await rm(facts, { recursive: true, force: true });
  await mkdir(facts);
  const hurry = pauses === 'hurried' ? HURRY : '';
  const ran = await run([BEFORE, before, hurry, INSTALL, look, 'exit "$status"'].join('\n'), { ...asked, as });
  const read = async (name: string) => [name, linesOf(await readFile(path.join(facts, name), 'utf8'))] as const;
  return { ...ran, facts: Object.fromEntries(await Promise.all((await readdir(facts)).map(read))) };
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const BEFORE = `
  useradd --create-home baker
  echo 'baker ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/baker
  fact() { cat >"/mnt/facts/$1"; }`;

const HURRY = `
  mkdir /root/hurried
  printf '#!/bin/sh\\n' >/root/hurried/sleep
  chmod 755 /root/hurried/sleep
  PATH=/root/hurried:$PATH
  echo 'Acquire::Retries::Delay "false";' >/etc/apt/apt.conf.d/hurried`;

const INSTALL = `
  places() {
    find /etc /usr/sbin /tmp /root /home /var/cache/dnf -type f 2>/dev/null |
      grep -E '^/(etc/(apt|yum|dnf)|usr/sbin/policy|tmp|root/[^.]|home|var/cache/dnf/.*bakehouse)' | sort | xargs -r sha256sum
  }
  places >/before
  status=0
  case $as in
    root) bash /srv/install_packages.sh || status=$? ;;
    *) runuser --user "$as" -- bash /srv/install_packages.sh || status=$? ;;
  esac
  wait
  places >/after
  diff /before /after | sed -nE 's/^([<>]) \\S+ +/\\1 /p' | sort -u | fact left`;
