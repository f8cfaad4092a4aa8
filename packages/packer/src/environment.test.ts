import { expect, test } from 'vitest';
import { allowedEnvironment, secretsIn } from './environment.ts';

test('Packer sees what is on the list, and nothing else', () => {
  const all = { PATH: '/usr/bin', LANG: 'C.UTF-8', AWS_SECRET_ACCESS_KEY: 's', REDIS_URL: 'r', HCP_CLIENT_ID: 'h' };
  expect(allowedEnvironment(all, ['AWS_SECRET_ACCESS_KEY', 'HCP_CLIENT_ID', 'NOT_SET'])).toEqual({
    PATH: '/usr/bin:/usr/local/sbin:/usr/sbin:/sbin',
    LANG: 'C.UTF-8',
    AWS_SECRET_ACCESS_KEY: 's',
  });
});

test('programs are never looked for in the working directory', () => {
  expect(allowedEnvironment({ PATH: '.:bin::/usr/sbin:/bin' }, [])['PATH']).toBe(
    '/usr/sbin:/bin:/usr/local/sbin:/sbin',
  );
});

test('credentials in an environment are known, paths to them are not secret', () => {
  const environment = {
    AWS_SECRET_ACCESS_KEY: 'hunter22',
    GOOGLE_APPLICATION_CREDENTIALS: '/etc/key.json',
    KEYBOARD: 'de',
    https_proxy: 'http://me:pa%40ss@proxy:3128',
  };
  expect(secretsIn(environment)).toEqual(['hunter22', 'pa%40ss', 'pa@ss']);
});
