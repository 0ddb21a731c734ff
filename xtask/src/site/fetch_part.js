
// A network that takes a request and says nothing for a quarter of a minute has lost it. The loader above asks again
// only for what was refused, so what was lost is refused here.
function fetchPart(url) {
  const lost = new AbortController();
  const patience = setTimeout(() => lost.abort(), 15_000);
  const answer = fetch(url, { signal: lost.signal });
  const heard = () => clearTimeout(patience);
  answer.then(heard, heard);
  return answer;
}
