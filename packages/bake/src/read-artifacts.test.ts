import { describe, expect, test } from 'vitest';
import type { PackerBuild, PackerRecord, PackerReport } from './packer-report.ts';
import { readArtifacts } from './read-artifacts.ts';
import type { BakeRecipe } from './recipe.ts';

const aRecord = (but: Partial<PackerRecord> = {}): PackerRecord => ({
  builderId: 'packer.post-processor.artifice',
  id: '',
  text: '',
  files: ['/out/gull.tar'],
  ...but,
});
const aBuild = (records: PackerRecord[], but: Partial<PackerBuild> = {}): PackerBuild => ({
  target: 'local',
  announced: records.length,
  records,
  cut: false,
  ...but,
});
const aReport = (builds: PackerBuild[], but: Partial<PackerReport> = {}): PackerReport => ({
  exitCode: 0,
  saidFinished: true,
  builds,
  errors: [],
  errorCount: 0,
  notices: [],
  lastErrors: [],
  manifest: 'absent',
  ...but,
});
const aRecipe = (but: Partial<BakeRecipe> = {}): BakeRecipe => ({
  provider: 'local',
  region: 'here',
  base: 'bookworm',
  sourceImage: 'bookworm',
  imageName: 'gull',
  appVersion: null,
  packageType: 'deb',
  template: 'local.json',
  varFile: null,
  bundle: 'sha256:0',
  variables: {},
  secrets: {},
  places: {},
  limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
  ...but,
});
const aManifest = (artifactId: string, files: string[] = []): PackerReport['manifest'] => ({
  entries: [{ name: 'b', builderType: 'b', artifactId, files, runUuid: 'now' }],
  lastRunUuid: 'now',
});

const references = (report: PackerReport, recipe = aRecipe()): string[] => {
  const outcome = readArtifacts(report, recipe);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.no));
  return outcome.value.map(({ reference }) => reference);
};
const failureOf = (report: PackerReport, recipe = aRecipe()) => {
  const outcome = readArtifacts(report, recipe);
  return outcome.ok ? undefined : outcome.no;
};

const DOCKER = aRecipe({ provider: 'docker', imageName: 'team/gull' });
const commit = aRecord({ builderId: 'packer.post-processor.docker-import', id: 'sha256:41aa', files: [] });
const tag = aRecord({
  builderId: 'packer.post-processor.docker-tag',
  id: 'r/gull:2',
  text: 'Imported Docker image: r/gull:2 with tags r/gull:1 r/gull:2',
  files: [],
});

describe('exit 0 is not success', () => {
  test('without "Builds finished" Packer was killed', () => {
    expect(failureOf(aReport([aBuild([aRecord()])], { saidFinished: false }))).toMatchObject({
      class: 'host',
      leftovers: true,
    });
  });
  test('with errors in the records it failed', () => {
    expect(failureOf(aReport([aBuild([aRecord()])], { errorCount: 1 }))).toMatchObject({ class: 'unknown' });
  });
  test('without an image there is none, and the evidence names what there is', () => {
    const sums = aRecord({ builderId: 'packer.post-processor.checksum', files: ['/out/gull.sha256'] });
    const failure = failureOf(aReport([aBuild([sums])]));
    expect(failure).toMatchObject({ class: 'no-image', evidence: [expect.stringContaining('/out/gull.sha256')] });
  });
  test('with a record that has no end the output was cut', () => {
    expect(failureOf(aReport([aBuild([aRecord()], { cut: true })]))).toMatchObject({ class: 'disagreement' });
  });
});

describe('the manifest', () => {
  test('that names what no record has is not ours', () => {
    expect(failureOf(aReport([aBuild([tag])], { manifest: aManifest('r/other:1') }), DOCKER)).toMatchObject({
      class: 'disagreement',
    });
  });
  test('of an earlier run beside ours does not matter', () => {
    const manifest = {
      entries: [{ name: 'b', builderType: 'b', artifactId: 'r/old:1', files: [], runUuid: 'then' }],
      lastRunUuid: 'now',
    };
    expect(references(aReport([aBuild([tag])], { manifest }), DOCKER)).toEqual(['r/gull:2']);
  });
  test('that names another file than the records is a disagreement, wherever the file lay', () => {
    expect(references(aReport([aBuild([aRecord()])], { manifest: aManifest('', ['gull.tar']) }))).toEqual([
      '/out/gull.tar',
    ]);
    expect(failureOf(aReport([aBuild([aRecord()])], { manifest: aManifest('', ['gull.raw']) }))).toMatchObject({
      class: 'disagreement',
    });
  });
  test('fills the blanks that Packer leaves for sensitive text', () => {
    const blanked = { ...tag, id: 'r/<sensitive>:2', text: 'x with tags r/<sensitive>:2' };
    expect(references(aReport([aBuild([blanked])], { manifest: aManifest('r/gull:2') }), DOCKER)).toEqual(['r/gull:2']);
    expect(failureOf(aReport([aBuild([blanked])]), DOCKER)).toMatchObject({ class: 'no-image' });
  });
});

describe('what was destroyed is no image', () => {
  test('docker: a tag that was announced and is in no record', () => {
    const archive = aRecord({ builderId: 'packer.post-processor.compress', files: ['/x.tar.gz'] });
    const notices = ['    local (docker-tag): Repository: r/gull:2', '==> local: Running post-processor: docker-tag'];
    expect(failureOf(aReport([aBuild([commit, archive])], { notices }), DOCKER)).toMatchObject({ class: 'no-image' });
    expect(references(aReport([aBuild([commit, tag])], { notices }), DOCKER)).toEqual(['r/gull:2']);
  });
  test('any provider: one record too few, and nothing explains it', () => {
    const image = aRecord({ builderId: 'packer.file' });
    const exported = aRecord({ builderId: 'packer.post-processor.googlecompute-export', files: ['gs://gull'] });
    const running = '==> local: Running post-processor: ';
    const chain = [`${running}manifest`, `${running}out (type googlecompute-export)`];
    expect(failureOf(aReport([aBuild([image, exported])], { notices: chain }))).toMatchObject({ class: 'no-image' });
    // The same two in chains of their own: the image was kept, and its record is there twice.
    expect(references(aReport([aBuild([image, { ...image }, exported])], { notices: chain }))).toEqual([
      '/out/gull.tar',
    ]);
  });
  test('what the destroyer made is one', () => {
    const archive = aRecord({ builderId: 'packer.post-processor.compress', files: ['/out/gull.tar.gz'] });
    const notices = ['==> local: Running post-processor: manifest', '==> local: Running post-processor: compress'];
    expect(references(aReport([aBuild([aRecord({ builderId: 'packer.file' }), archive])], { notices }))).toEqual([
      '/out/gull.tar.gz',
    ]);
  });
  test('a post-processor that nobody knows lets no conclusion be drawn', () => {
    const notices = ['==> local: Running post-processor: mine', '==> local: Running post-processor: compress'];
    expect(references(aReport([aBuild([aRecord({ builderId: 'packer.file' })])], { notices }))).toEqual([
      '/out/gull.tar',
    ]);
  });
});

describe('which image is the one', () => {
  test('the last record that is an image, repeats left out', () => {
    const raw = aRecord({ builderId: 'packer.file', files: ['/out/gull.raw'] });
    const packed = aRecord({ builderId: 'packer.post-processor.compress', files: ['/out/gull.raw.gz'] });
    expect(references(aReport([aBuild([raw, packed, raw])]))).toEqual(['/out/gull.raw.gz']);
  });
  test('among files the one that is named like the image; sums and firmware are none', () => {
    const files = ['/out/a.img', '/out/efivars.fd', '/out/gull.tar', '/out/gull.tar.sha256'];
    expect(references(aReport([aBuild([aRecord({ files })])]))).toEqual(['/out/gull.tar', '/out/a.img']);
  });
  test('local takes a docker image where there is no file', () => {
    expect(references(aReport([aBuild([commit, tag])]))).toEqual(['r/gull:2']);
    expect(references(aReport([aBuild([aRecord(), commit, tag])]))).toEqual(['/out/gull.tar']);
  });
  test('two builds that name two images for one place disagree, two that name one agree', () => {
    const other = aBuild([aRecord({ files: ['/out/other.tar'] })], { target: 'second' });
    expect(failureOf(aReport([aBuild([aRecord()]), other]))).toMatchObject({ class: 'disagreement' });
    expect(references(aReport([aBuild([aRecord()]), aBuild([aRecord()], { target: 'second' })]))).toEqual([
      '/out/gull.tar',
    ]);
  });
});

test('a recipe of a provider that this version does not know is a broken fleet, not an outcome', () => {
  expect(() => readArtifacts(aReport([]), aRecipe({ provider: 'moon' }))).toThrow(/moon.*deploy/);
});
