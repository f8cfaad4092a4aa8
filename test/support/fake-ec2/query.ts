/** One call of EC2's query API, e.g. `{ Action: 'DescribeImages', 'Owner.1': 'self' }`; answers with its XML. */
export async function ec2Query(url: string, region: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      // What is read of a signature is the region.
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString(),
  });
  const xml = await response.text();
  if (!response.ok) throw new Error(`${parameters['Action']} was answered ${response.status}: ${xml}`);
  return xml;
}

/** The texts of all elements of that name that hold nothing but text, in their order. */
export const textsOf = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}(?:/>|>([^<]*)</${element}>)`, 'g'))].map(([, text = '']) => unescaped(text));

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => CHARACTERS[name] ?? '');

const CHARACTERS: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
