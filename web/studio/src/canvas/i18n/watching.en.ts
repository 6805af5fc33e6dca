/** Texts of the layer of numbers, the simulator and what-if. */
export const watchingEn = {
  numbers: {
    title: "Live numbers",
    hide: "Hide the numbers",
    off: "None",
    here: "Here now",
    passed: "Passed so far",
    share: "Share",
    median: "Median stay",
    loss: "Loss",
    notYet: "There are numbers after publishing",
    standHere: "{{shown}} are here now; press to see who",
    passedHere: "Passed {{shown}} times; press to see who is here now",
    shareHere:
      "{{entered}} entered and this was passed {{passed}} times: {{share}}; in a loop it may exceed 100%",
    medianHere: "Half of the last {{of}} who left stayed less than {{time}}",
    lostHere: "{{shown}} were lost from here",
    wentAlong:
      "Taken {{shown}} times, by {{share}} of those who came to its beginning; press to see who is there now",
    help: {
      off: "",
      here: "How many stand at each stage and step right now. Press a number to see who.",
      passed: "Times, not people: whoever passes twice counts twice. The wider a line, the more took it.",
      share: "Stages and steps: of all who entered. Lines: of those who came to where the line begins.",
      median:
        "Median stay of those who left last (up to 2,000 each); for steps only those who left by an exit, not the interrupted.",
      loss: "Red leads to an end where people are lost, amber is not sent, failed or timed out; the wider, the larger the loss.",
    },
    seconds: "{{n}} s",
    minutes: "{{n}} min",
    hours: "{{n}} h",
    days: "{{n}} d",
    version: "v{{n}}",
    liveVersion: "v{{n}} (live)",
    whichVersion: "Which version's numbers",
    fresh: "Live",
    unchanged: "Unchanged for {{secs}} s",
    entered: "Entered",
    inside: "Inside now",
    sent: "Sent",
    delivered: "Delivered",
    pending: "Waiting to go",
    notSent: "Not sent",
    notSentHelp:
      "{{failed}} failed, {{refused}} refused, {{expired}} expired, {{unknown}} unknown; {{withdrawn}} more withdrawn because the customer moved on",
  },
} as const;
