// The turns of a conversation.

/** What was asked and answered so far; an answer is kept by model, so that two models each see their own. */
export class Conversation {
  turns = [];

  ask(question, picture) {
    const turn = { question, picture, answers: new Map() };
    this.turns.push(turn);
    return turn;
  }

  /**
   * The messages that a model gets for a turn: what it has answered before, each picture once; or, if it is not to remember,
   * the question alone.
   */
  messages(model, last, remember) {
    const before = remember ? this.turns.filter(turn => turn !== last && turn.answers.has(model)) : [];
    let shown = null;
    return [...before, last].flatMap(turn => {
      const picture = turn.picture && turn.picture.url !== shown ? turn.picture : null;
      shown = turn.picture?.url ?? shown;
      const asked = { role: 'user', content: content(turn.question, picture) };
      return turn === last ? [asked] : [asked, { role: 'assistant', content: turn.answers.get(model) }];
    });
  }
}

function content(question, picture) {
  return picture
    ? [{ type: 'image_url', image_url: { url: picture.url } }, { type: 'text', text: question }]
    : question;
}
