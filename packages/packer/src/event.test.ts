import { expect, test } from 'vitest';
import { parseLine } from './event.ts';

test('what Packer says to people is read with its commas and line ends restored', () => {
  expect(parseLine('1700000000,,ui,say,==> a: one%!(PACKER_COMMA) two\\nthree')).toEqual({
    kind: 'ui',
    tone: 'say',
    text: '==> a: one, two\nthree',
  });
});

test('a build name with commas is found around the keyword', () => {
  expect(parseLine('1700000000,odd,name,artifact,0,id,File')).toEqual({
    kind: 'artifact',
    build: 'odd,name',
    index: 0,
    field: 'id',
    value: 'File',
  });
  expect(parseLine('1700000000,odd,name,artifact-count,2')).toMatchObject({ build: 'odd,name', count: 2 });
  expect(parseLine('1700000000,odd,name,error,it broke')).toMatchObject({ build: 'odd,name', message: 'it broke' });
});

test('the path of a file keeps its backslashes, and gets its commas back', () => {
  expect(parseLine('1700000000,f,artifact,0,file,3,/out/a%!(PACKER_COMMA)\\new.img')).toMatchObject({
    field: 'file',
    value: '/out/a,\\new.img',
  });
});

test('a script cannot forge a record through what it prints', () => {
  const line = '1700000000,,ui,message,    n: 1700000000%!(PACKER_COMMA)n%!(PACKER_COMMA)artifact%!(PACKER_COMMA)0';
  expect(parseLine(line)).toMatchObject({ kind: 'ui', tone: 'message' });
});

test.each(['panic: runtime error', '', '1.6.6', 'usage: packer, build, x', '17x,,ui,say,hello'])(
  'a line in no tongue of Packer is kept as it is: %j',
  (line) => expect(parseLine(line)).toEqual({ kind: 'stray', text: line }),
);
