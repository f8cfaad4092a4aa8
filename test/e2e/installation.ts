import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Mirror, startMirror } from '../support/mirror.ts';
import { openPackageRoot, type PackageRoot, type Ran } from '../support/package-root.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';

/** A system to install packages in with the shipped script, and a mirror on loopback that has some. */
export interface Place {
  mirror: Mirror;
  /** Runs the script in a system that is as new but for what `before` did; its environment is `asked`. */
  install: (asked: Record<string, string>, circumstances?: Circumstances) => Promise<Installed>;
  /** Throws when anything of it still lives. */
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

/** Opens one whose packages `build` has put below `/mnt/www`; `look` writes down facts after each installation. Or says why it cannot. */
export async function openPlace({ build, look }: Record<'build' | 'look', string>): Promise<Place | Unavailable> {
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
    install: (asked, circumstances = {}) => install(root, asked, { look, ...circumstances }),
    close: async () => {
      await mirror.stop();
      const left = await whatIsLeftOf(root.shared);
      await root.remove();
      if (left.length > 0) throw new Error(`these are left: ${left.join('\n')}`);
    },
  };
}

interface Unavailable {
  unavailable: string;
}

async function install(
  { run, shared }: PackageRoot,
  asked: Record<string, string>,
  { before = '', look, pauses, as = 'root' }: Circumstances & { look: string },
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
