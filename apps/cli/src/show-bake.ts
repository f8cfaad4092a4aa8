import { type Artifact, type Bake, type BakeFailure, hasEnded } from '@bakehouse/bake';
import { bytes, duration } from './quantities.ts';
import { harmless, type Screen } from './screen.ts';

const COLOUR_OF = { waiting: 'dim', baking: 'cyan', baked: 'green', failed: 'red', cancelled: 'yellow' } as const;

/** All of a bake that a person asks for, in a screenful. */
export function showBake(screen: Screen, bake: Bake, now: Date): void {
  screen.print(`bake      ${screen.paint('bold', bake.id)}`);
  screen.print(`state     ${screen.paint(COLOUR_OF[bake.state], stateOf(bake))}`);
  screen.print(`image     ${bake.recipe.imageName}`);
  screen.print(
    `of        ${bake.recipe.provider} ${bake.recipe.region} ${bake.recipe.base}, packages ${listed(bake.packages)}`,
  );
  showMatches(screen, bake);
  screen.print(`asked     ${bake.askedAt}`);
  if (bake.attempts > 1) screen.print(`attempts  ${bake.attempts}`);
  if (bake.lastFailure && !hasEnded(bake)) screen.print(`last try  ${harmless(bake.lastFailure.message)}`);
  showTimes(screen, bake, now);
  showEnd(screen, bake);
}

/** Which artifact each package came to be, and what its build added. */
function showMatches(screen: Screen, { matches }: Bake): void {
  if (!matches) return;
  for (const { asked, artifact } of matches.packages)
    screen.print(
      `  match   ${harmless(asked)}: ${artifact === null ? 'no artifact, taken as it is' : harmless(artifact)}`,
    );
  const added = Object.entries(matches.fromBuild).map(([word, value]) => `${word} ${harmless(value)}`);
  if (added.length > 0) screen.print(`  build   ${added.join(', ')}`);
}

/** What became of it: where the image is, or why there is none and what to do. Nothing for a bake that goes on. */
export function showEnd(screen: Screen, bake: Bake): void {
  switch (bake.state) {
    case 'baked':
      for (const artifact of bake.artifacts) showArtifact(screen, artifact);
      return;
    case 'failed':
      showFailure(screen, bake.failure);
      return;
    case 'cancelled':
      screen.print(`because   ${harmless(bake.reason)}`);
      return;
    case 'waiting':
    case 'baking':
  }
}

function showArtifact(screen: Screen, { reference, name, location, digest, size }: Artifact): void {
  screen.print(`artifact  ${reference}`);
  screen.print(`  name    ${name} in ${location}`);
  if (digest !== undefined) screen.print(`  id      ${digest}`);
  if (size !== undefined) screen.print(`  size    ${bytes(size)}`);
}

function showFailure(screen: Screen, failure: BakeFailure): void {
  screen.print(`failure   ${failure.class}: ${harmless(failure.message)}`);
  for (const line of failure.evidence) screen.print(`  log     ${harmless(line)}`);
  screen.print(`  next    ${failure.next}`);
  if (failure.leftovers) screen.print('  beware  Packer was killed; look for what it left at the provider');
}

export interface Span {
  name: string;
  ms: number;
}

/** How long each part of a bake took, waiting first; the last one runs until `now` while the bake does. */
export function spansOf(bake: Bake, now: Date): Span[] {
  const end = hasEnded(bake) ? Date.parse(bake.finishedAt) : now.getTime();
  const phases = ('phases' in bake ? bake.phases : undefined) ?? [];
  const started = 'startedAt' in bake ? bake.startedAt : undefined;
  const marks = [
    { name: 'waiting', at: Date.parse(bake.askedAt) },
    ...(started !== undefined && phases.length === 0 ? [{ name: 'baking', at: Date.parse(started) }] : []),
    ...phases.map(({ phase, at }) => ({ name: phase as string, at: Date.parse(at) })),
  ];
  return marks.map(({ name, at }, index) => ({ name, ms: Math.max(0, (marks[index + 1]?.at ?? end) - at) }));
}

/** One word, or two while it bakes. */
export function stateOf(bake: Bake): string {
  if (bake.state !== 'baking') return bake.state;
  if (bake.stopping) return 'baking, stopping';
  const phase = bake.phases.at(-1)?.phase;
  return phase === undefined ? 'baking' : `baking, ${phase}`;
}

function showTimes(screen: Screen, bake: Bake, now: Date): void {
  const spans = spansOf(bake, now);
  const total = spans.reduce((sum, { ms }) => sum + ms, 0);
  screen.print(`took      ${duration(total)}: ${spans.map(({ name, ms }) => `${name} ${duration(ms)}`).join(', ')}`);
}

const listed = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(' '));
