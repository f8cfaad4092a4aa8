import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aMark, call, create, ends, type Status, standard, startClassicFleet } from '../support/classic.ts';
import { type Fleet, until } from '../support/fleet.ts';

/** Every row of the classic bakery's list of calls, and what each answers when there is nothing to answer: a whole fleet, over real HTTP. */

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startClassicFleet();
}, 60_000);
afterAll(() => fleet.stop(), 60_000);

const get = (path: string, headers: Record<string, string> = {}) => call(`${fleet.url}${path}`, { headers });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(`${fleet.url}${path}`, { method: 'POST', body, headers });

const running = (id: string) => ({ id, state: 'RUNNING', result: null, resource_id: id });
const completed = (id: string) => ({ id, state: 'COMPLETED', result: 'SUCCESS', resource_id: id });

async function baked(members: Parameters<typeof create>[1]): Promise<string> {
  const { id } = await create(fleet, members);
  expect(await ends(fleet, id)).toEqual(completed(id));
  return id;
}

/** A bake that is in Packer and stays there until it is cancelled. */
async function asleep(): Promise<string> {
  const { id } = await create(fleet, { attributes: { pause_ms: '60000' } });
  await until(async () => (await get(`/api/v1/x/logs/${id}`)).status === 200, 'a bake to say something');
  return id;
}

const NOBLE = {
  id: 'noble',
  shortDescription: 'v24.04',
  detailedDescription: 'Ubuntu 24.04 LTS',
  packageType: 'DEB',
  templateFile: null,
  osType: 'linux',
  customRepository: null,
};
const ALMA = {
  id: 'alma',
  shortDescription: 'v9',
  detailedDescription: null,
  packageType: 'RPM',
  templateFile: null,
  osType: 'linux',
  customRepository: 'https://rpm.example/el9',
  isImageFamily: true,
};

describe('rows 1 to 3, bake options', () => {
  test('list the providers that are enabled, with their base images and nothing of their settings', async () => {
    const answer = await get('/bakeOptions');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const all = JSON.parse(answer.text) as { cloudProvider: string }[];
    expect(all.map(({ cloudProvider }) => cloudProvider)).toEqual(['aws', 'docker', 'gce', 'oracle', 'local']);
    expect(all).toContainEqual({ cloudProvider: 'aws', baseImages: [NOBLE] });
    expect(all).toContainEqual({ cloudProvider: 'gce', baseImages: [ALMA] });
    expect(answer.text).not.toMatch(/ami-0000|almalinux-9|t3\.small/);
  });

  test('are told of one provider, and of one base image', async () => {
    expect((await get('/bakeOptions/gce')).json).toEqual({ cloudProvider: 'gce', baseImages: [ALMA] });
    expect((await get('/bakeOptions/aws/baseImages/noble')).json).toEqual(NOBLE);
  });

  test.each([
    ['/bakeOptions/azure', 'Cloud provider azure not found'],
    ['/bakeOptions/azure/baseImages/noble', 'Cloud provider azure not found'],
    ['/bakeOptions/gce/baseImages/zeta', "Can't find base image with id zeta in gce base images: alma"],
  ])('that are not there (%s) have a body of their own', async (path, detail) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({
      error: 'bake.options.not.found',
      status: 'NOT_FOUND',
      messages: [`Bake options not found. ${detail}`],
    });
  });

  test.each(['/bakeOptions/GCE', '/bakeOptions/mars', '/bakeOptions/mars/baseImages/noble'])(
    '%s is no word, and 400 without one',
    async (path) => expect(await get(path)).toMatchObject({ status: 400, text: '' }),
  );
});

describe('row 4, a bake', () => {
  test('is RUNNING under one id for both uses, whatever else the stage has to say, and without an execution too', async () => {
    const body = {
      cloud_provider_type: 'aws',
      base_os: 'noble',
      package: `lantern_${aMark()}_all`,
      package_name: 'ignored',
      package_type: 'DEB',
      build_number: 57,
      user: 'ann@lanterns.example',
      ref_id: '1',
      requisite_stage_ref_ids: [],
      stage_details: { isSynthetic: true, failed: null },
      extended_attributes: { mark: aMark() },
      vm_type: 'hvm',
      store_type: 'ebs',
      upgrade: 'true',
      rebake: true,
    };
    const created = await post('/api/v1/eu-south-1/bake', body);
    expect(created.status).toBe(200);
    expect(created.headers.get('content-type')).toBe('application/json');
    const { id } = created.json as unknown as Status;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.json).toEqual(running(id));
    expect(await ends(fleet, id)).toEqual(completed(id));
    // Repeated, as Orca does when an answer was lost, and as another pipeline does.
    expect((await post('/api/v1/eu-south-1/bake', body)).json).toEqual(completed(id));
    for (const word of ['0', 'true', '', '1&rebake=0', '01'])
      expect((await post(`/api/v1/eu-south-1/bake?rebake=${word}`, body)).json, word).toEqual(completed(id));
    const again = await post('/api/v1/eu-south-1/bake?rebake=1', body);
    expect(again.json).toEqual(running(String(again.json['id'])));
    expect(again.json['id']).not.toBe(id);
    await ends(fleet, String(again.json['id']));
  });

  test('is one bake for two that ask at once', async () => {
    const body = { base_os: 'noble', package: `lantern-${aMark()}`, extended_attributes: { mark: aMark() } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/api/v1/eu-south-1/bake', body)));
    const ids = new Set(answers.map(({ json }) => json['id']));
    expect(ids.size).toBe(1);
    expect(await ends(fleet, String([...ids][0]))).toMatchObject({ state: 'COMPLETED' });
  });

  test('has the id that the caller gave it, if it can be one', async () => {
    const id = `mine-${randomUUID()}`;
    const body = { base_os: 'noble', request_id: id, extended_attributes: { mark: aMark() } };
    expect((await post('/api/v1/eu-south-1/bake', body)).json).toEqual(running(id));
    expect((await post('/api/v1/eu-south-1/bake', body)).json).toMatchObject({ id });
    const other = await post('/api/v1/eu-south-1/bake', { ...body, extended_attributes: { mark: aMark() } });
    expect(other.status).toBe(400);
    expect(other.json).toEqual(standard(400, 'Bad Request', expect.stringContaining(id)));
    await ends(fleet, id);
  });

  test('that fails is CANCELED with its reason, and the next one is baked anew', async () => {
    const attributes = { mark: aMark() };
    const { id } = await create(fleet, { template_file_name: 'classic-broken.json', attributes });
    expect(await ends(fleet, id)).toEqual({
      id,
      state: 'CANCELED',
      result: 'FAILURE',
      resource_id: id,
      failure: {
        class: expect.any(String),
        message: expect.stringMatching(/.{10}/),
        evidence: expect.arrayContaining([expect.any(String)]),
      },
    });
    expect((await get(`/api/v1/eu-south-1/bake/${id}`)).status).toBe(400);
    const next = await create(fleet, { template_file_name: 'classic-broken.json', attributes });
    expect(next.id).not.toBe(id);
    await ends(fleet, next.id);
  });

  test('that makes no image has failed', async () => {
    const { id } = await create(fleet, { template_file_name: 'classic-void.json' });
    expect(await ends(fleet, id)).toMatchObject({
      state: 'CANCELED',
      result: 'FAILURE',
      failure: { class: 'no-image' },
    });
  });

  test.each<[string, object, string, string | RegExp]>([
    ['a provider that is not enabled', { cloud_provider_type: 'azure' }, 'any', "Unknown provider type 'azure'."],
    [
      'a base image that is not there',
      { base_os: 'sarge' },
      'eu-south-1',
      "No virtualization settings found for 'sarge'.",
    ],
    ['no base image', { base_os: null }, 'eu-south-1', "No virtualization settings found for 'null'."],
    [
      'a region without settings',
      {},
      'mars-1',
      /^No virtualization settings found for region 'mars-1', operating system 'noble'.*eu-south-1, us-east-2/,
    ],
    [
      'an account that is not there',
      { cloud_provider_type: 'gce', base_os: 'alma', account_name: 'north' },
      'any',
      /^Could not resolve Google account: \(account_name=north\)\. .*accounts: east/,
    ],
    [
      'an account of oracle that is not there',
      { cloud_provider_type: 'oracle', base_os: 'jammy', account_name: 'north' },
      'any',
      /^Could not resolve Oracle account: \(account_name=north\)\. /,
    ],
    ['a list that is no text', { extended_attributes: { copy_to: ['a'] } }, 'eu-south-1', /copy_to/],
    ['a template outside the tree', { template_file_name: '../x.json' }, 'eu-south-1', /\.\.\/x\.json/],
    ['a var file that is not there', { var_file_name: 'none.json' }, 'eu-south-1', /none\.json/],
    ['an id that cannot be one', { request_id: 'a/b' }, 'eu-south-1', /a\/b/],
  ])('with %s is refused in the standard body', async (...[, members, region, message]) => {
    const answer = await post(`/api/v1/${region}/bake`, { base_os: 'noble', package: 'lantern', ...members });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.json).toEqual(
      standard(400, 'Bad Request', typeof message === 'string' ? message : expect.stringMatching(message)),
    );
  });

  test.each<[string, unknown]>([
    ['a word in another case', { cloud_provider_type: 'AWS' }],
    ['a package type in another case', { package_type: 'deb' }],
    ['an unknown word', { base_label: 'nightly' }],
    ['an empty word', { vm_type: '' }],
    ['a place without a word', { vm_type: 7 }],
    ['a list for a text', { package: ['lantern'] }],
    ['an object for a text', { base_os: {} }],
    ['a word for a switch', { upgrade: 'yes' }],
    ['attributes that are no object', { extended_attributes: [] }],
    ['a list for a body', []],
    ['text for a body', '"lantern"'],
    ['null for a body', 'null'],
    ['half a body', '{"package": "lantern"'],
    ['no body under the name of JSON', ''],
  ])('with %s is 400 without a word', async (_what, body) => {
    const answer = await post('/api/v1/eu-south-1/bake', body);
    expect(answer).toMatchObject({ status: 400, text: '' });
    expect(answer.headers.get('content-length')).toBe('0');
  });
});

describe('row 5, a status', () => {
  test('is told whatever the region', async () => {
    const id = await baked({});
    for (const region of ['eu-south-1', 'global', '%20', 'none'])
      expect((await get(`/api/v1/${region}/status/${id}`)).json).toEqual(completed(id));
  });

  test('of a bake that never was is 400', async () => {
    const answer = await get('/api/v1/eu-south-1/status/gone-1');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual(standard(400, 'Bad Request', "Unable to retrieve status for 'gone-1'."));
  });
});

describe('row 6, details', () => {
  const artifact = (id: string, members: object) => ({
    customKind: false,
    name: expect.stringContaining('lantern'),
    version: null,
    metadata: {},
    artifactAccount: null,
    provenance: null,
    uuid: id,
    ...members,
  });

  test('of a cloud with copies are of the region that is asked for', async () => {
    const mark = aMark();
    const id = await baked({ build_number: '57', attributes: { mark } });
    for (const [region, ami] of [
      ['eu-south-1', `ami-0${mark}`],
      ['eu-west-3', `ami-9${mark}`],
    ] as const) {
      const details = {
        id,
        ami,
        image_name: expect.stringContaining('lantern'),
        regions: ['eu-south-1', 'eu-west-3'],
        artifact: artifact(id, { type: 'aws/image', location: region, reference: ami }),
      };
      for (let again = 0; again < 2; again++) expect((await get(`/api/v1/${region}/bake/${id}`)).json).toEqual(details);
    }
    const elsewhere = await get(`/api/v1/mars-1/bake/${id}`);
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.json).toEqual(
      standard(
        400,
        'Bad Request',
        expect.stringMatching(/^Unable to retrieve bake details for '.*eu-south-1, eu-west-3/),
      ),
    );
  });

  test('of other clouds are the same for every region', async () => {
    const url = 'https://ci.example/job/lantern/57';
    const id = await baked({ cloud_provider_type: 'gce', base_os: 'alma', region: 'global', build_info_url: url });
    const answers = await Promise.all(['global', 'mars-1'].map((region) => get(`/api/v1/${region}/bake/${id}`)));
    const name = answers[0]?.json['image_name'];
    expect(name).toMatch(/^lantern-/);
    for (const { json } of answers)
      expect(json).toEqual({
        id,
        ami: null,
        image_name: name,
        regions: null,
        artifact: artifact(id, {
          type: 'gce/image',
          name,
          location: 'global',
          reference: `https://compute.googleapis.com/compute/v1/projects/images-east/global/images/${name}`,
          metadata: { build_info_url: url, build_number: null },
        }),
        artifacts: [],
      });
  });

  test('of a container have its name, and no id', async () => {
    const mark = aMark();
    const id = await baked({ cloud_provider_type: 'docker', base_os: 'trixie', attributes: { mark } });
    const reference = `registry.example/lanterns:${mark}`;
    expect((await get(`/api/v1/x/bake/${id}`)).json).toMatchObject({
      ami: null,
      image_name: reference,
      artifact: { type: 'docker/image', reference, metadata: { build_info_url: null, build_number: null } },
      artifacts: [],
    });
  });

  test('of a bake that never was, or is not done, are 400', async () => {
    const id = await asleep();
    for (const each of ['gone-2', id]) {
      const answer = await get(`/api/v1/eu-south-1/bake/${each}`);
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual(standard(400, 'Bad Request', `Unable to retrieve bake details for '${each}'.`));
    }
    await get(`/api/v1/x/cancel/${id}`);
    await ends(fleet, id);
  });

  test('are there before COMPLETED is, each time', async () => {
    const bakes = await Promise.all(Array.from({ length: 8 }, () => create(fleet, {})));
    await Promise.all(
      bakes.map(async ({ id }) => {
        for (let state = 'RUNNING'; state === 'RUNNING'; await sleep(5)) {
          state = String((await get(`/api/v1/eu-south-1/status/${id}`)).json['state']);
          if (state === 'RUNNING') continue;
          expect(state).toBe('COMPLETED');
          expect(await get(`/api/v1/eu-south-1/bake/${id}`)).toMatchObject({ status: 200, json: { id } });
        }
      }),
    );
  });
});

describe('rows 7 and 8, logs', () => {
  test('are read while the bake runs, and after', async () => {
    const mark = aMark();
    const { id } = await create(fleet, { attributes: { mark, pause_ms: '2000' } });
    await until(async () => (await get(`/api/v1/x/logs/${id}`)).status === 200, 'the log to begin');
    expect((await get(`/api/v1/x/status/${id}`)).json).toMatchObject({ state: 'RUNNING' });
    const early = await get(`/api/v1/global/logs/${id}`);
    expect(early.headers.get('content-type')).toBe('application/json');
    expect(early.json).toEqual({ logsContent: expect.stringContaining(`begun ${mark}`) });
    await ends(fleet, id);
    const { json } = await get(`/api/v1/eu-south-1/logs/${id}`);
    expect(Object.keys(json)).toEqual(['logsContent']);
    expect(json['logsContent']).toContain('Builds finished');
  });

  test('are found by the image, in the region where it was asked for', async () => {
    const mark = aMark();
    await baked({ attributes: { mark } });
    const found = { status: 200, json: { logsContent: expect.stringContaining(`begun ${mark}`) } };
    expect(await get(`/api/v1/eu-south-1/logs/image/ami-0${mark}`)).toMatchObject(found);
    expect((await get(`/api/v1/us-east-2/logs/image/ami-0${mark}`)).status).toBe(404);
  });

  test.each([
    ['/api/v1/eu-south-1/logs/gone-3', "Unable to retrieve logs for 'gone-3'."],
    ['/api/v1/eu-south-1/logs/image/ami-gone', "Unable to retrieve logs for image id 'ami-gone'."],
  ])('that are not there (%s) are 404, in the standard body', async (path, message) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual(standard(404, 'Not Found', message));
  });
});

describe('row 9, deleting a bake', () => {
  test('removes what stands for the request, and says so in text or under the name of JSON', async () => {
    for (const [accept, type] of [
      ['*/*', /^text\/plain/],
      ['application/json', /^application\/json/],
    ] as const) {
      const body = { base_os: 'noble', package: 'lantern', extended_attributes: { mark: aMark() } };
      const { json } = await post('/api/v1/eu-south-1/bake', body);
      const id = String(json['id']);
      await ends(fleet, id);
      const remove = () => call(`${fleet.url}/api/v1/eu-south-1/bake`, { method: 'DELETE', body, headers: { accept } });
      const gone = await remove();
      expect(gone.status).toBe(200);
      expect(gone.text).toMatch(new RegExp(`^Deleted bake '[^']+' with id '${id}'\\.$`));
      expect(gone.headers.get('content-type')).toMatch(type);
      expect((await get(`/api/v1/x/status/${id}`)).status).toBe(400);
      const late = await remove();
      expect(late.status).toBe(400);
      expect(late.json).toEqual(
        standard(400, 'Bad Request', expect.stringMatching(/^Unable to locate bake with key '[^']+'\.$/)),
      );
    }
  });

  test.each<[string, unknown]>([
    ['half a body', '{'],
    ['a wrong word', { vm_type: 'metal' }],
  ])('with %s is 400 without a word', async (_what, body) => {
    expect(await call(`${fleet.url}/api/v1/x/bake`, { method: 'DELETE', body })).toMatchObject({
      status: 400,
      text: '',
    });
  });
});

describe('row 10, deleting the bakes of executions', () => {
  test('removes them with a body that is truly empty, and spares what others use', async () => {
    const [mine, other] = [randomUUID(), randomUUID()];
    const ask = async (execution: string, mark: string) => {
      const body = { base_os: 'noble', package: 'lantern', extended_attributes: { mark } };
      const { json } = await post('/api/v1/eu-south-1/bake', body, { 'X-SPINNAKER-EXECUTION-ID': `${execution}:1` });
      return String(json['id']);
    };
    const [alone, shared] = [aMark(), aMark()];
    const [own, common] = [await ask(mine, alone), await ask(mine, shared)];
    expect(await ask(other, shared)).toBe(common);
    await Promise.all([own, common].map((id) => ends(fleet, id)));

    const gone = await post('/api/v1/bakes/delete-requests', { pipelineExecutionIds: [mine, 'never-was'] });
    expect(gone).toMatchObject({ status: 200, text: '' });
    expect(gone.headers.get('content-length')).toBe('0');
    expect((await get(`/api/v1/x/status/${own}`)).status).toBe(400);
    expect((await get(`/api/v1/x/status/${common}`)).json).toEqual(completed(common));
  });

  test('without a list is told so', async () => {
    const answer = await post('/api/v1/bakes/delete-requests', { pipelineExecutionIds: null });
    expect(answer.json).toEqual(standard(400, 'Bad Request', expect.stringContaining('pipelineExecutionIds')));
    expect(await post('/api/v1/bakes/delete-requests', [])).toMatchObject({ status: 400, text: '' });
  });
});

describe('row 11, a cancel', () => {
  test('stops a running bake, once', async () => {
    const id = await asleep();
    const cancelled = await get(`/api/v1/eu-south-1/cancel/${id}`);
    expect(cancelled).toMatchObject({ status: 200, text: `Canceled bake '${id}'.` });
    expect(cancelled.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await ends(fleet, id)).toEqual({ id, state: 'CANCELED', result: 'FAILURE', resource_id: id });
    expect((await get(`/api/v1/eu-south-1/cancel/${id}`)).status).toBe(400);
  });

  test('of what is done, or never was, is 400 and changes nothing', async () => {
    const id = await baked({});
    for (const each of [id, 'gone-5']) {
      const answer = await get(`/api/v1/eu-south-1/cancel/${each}`);
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual(standard(400, 'Bad Request', `Unable to locate incomplete bake with id '${each}'.`));
    }
    expect((await get(`/api/v1/x/status/${id}`)).json).toEqual(completed(id));
    expect((await get('/api/v1/x/status/gone-5')).status).toBe(400);
  });
});

describe('rows 12 and 13, the status of instances', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('are told to %s', async (method) => {
    const id = await asleep();
    const instance = await call(`${fleet.url}/status/instance`, { method });
    expect(instance.json).toEqual({ status: 'RUNNING', bakes: [running(id)] });
    const all = await call(`${fleet.url}/status/all`, { method });
    expect(all.json).toEqual({
      instance: expect.stringMatching(/^[0-9a-f-]{36}@[^@]+$/),
      instances: {
        [String(Object.keys(all.json['instances'] as object)[0])]: { status: 'RUNNING', bakes: [running(id)] },
      },
    });
    await get(`/api/v1/x/cancel/${id}`);
    await ends(fleet, id);
    expect((await get('/status/instance')).json).toMatchObject({ bakes: [] });
    // Its worker is not done before it has cleared away.
    await until(async () => (await get('/status/instance')).json['status'] === 'IDLE', 'the worker to clear away');
    expect((await get('/status/all')).json).toEqual({ instance: all.json['instance'], instances: {} });
  });
});

describe('row 14, a manifest', () => {
  test.each(['HELM2', 'HELM3', 'HELMFILE', 'CF', 'kustomize', 'KUSTOMIZE4'])('%s is baked elsewhere', async (type) => {
    const answer = await post(`/api/v2/manifest/bake/${type}`, { templateRenderer: type });
    expect(answer.status).toBe(501);
    expect(answer.json).toEqual(standard(501, 'Not Implemented', expect.stringContaining('manifestBakery.baseUrl')));
  });
});

describe('row 15, health, and trouble', () => {
  test('is up', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, json: { status: 'UP' } });
  });

  test('an unknown path is 404 in the standard body', async () => {
    for (const path of ['/api/v1/eu-south-1/nothing', '/api/v1', '/api/v2/manifest', '/resolvedEnv', '/status', '/'])
      expect((await get(path)).json, path).toMatchObject(standard(404, 'Not Found', 'No message available'));
  });

  test('while Redis is away is DOWN, and each call that needs it 503 with when to ask again', async () => {
    const id = await baked({});
    fleet.redis().kill('SIGKILL');
    await until(async () => (await get('/health')).status === 503, 'Redis to be missed');
    expect((await get('/health')).json).toEqual({ status: 'DOWN' });
    const asked = await Promise.all([
      post('/api/v1/eu-south-1/bake', { base_os: 'noble' }),
      call(`${fleet.url}/api/v1/eu-south-1/bake`, { method: 'DELETE', body: { base_os: 'noble' } }),
      post('/api/v1/bakes/delete-requests', { pipelineExecutionIds: ['x'] }),
      ...['status', 'bake', 'logs', 'logs/image', 'cancel'].map((word) => get(`/api/v1/eu-south-1/${word}/${id}`)),
      get('/status/instance'),
      get('/status/all'),
    ]);
    for (const { status, json, headers } of asked) {
      expect(status).toBe(503);
      expect(json).toEqual(standard(503, 'Service Unavailable', expect.stringContaining('Redis')));
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
    expect((await get('/bakeOptions')).status).toBe(200);
    await fleet.startRedis();
    await until(async () => (await get('/health')).status === 200, 'Redis to be found again');
    expect((await get(`/api/v1/x/status/${id}`)).json).toEqual(completed(id));
  });
});
