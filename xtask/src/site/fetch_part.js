
// A network that takes a request and says nothing for a quarter of a minute, or is not through with it in a minute and a
// half, has lost it. The loader above asks again only for what was refused, so what was lost is refused here.
function fetchPart(url) {
  const lost = new AbortController();
  const giveUp = () => lost.abort();
  const patience = setTimeout(giveUp, 15_000);
  setTimeout(giveUp, 90_000);
  const answer = fetch(url, { signal: lost.signal });
  const heard = () => clearTimeout(patience);
  answer.then(heard, heard);
  return answer;
}
