//! One case for each way to read a text file.

/// A data set of which one file is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Layout of the events; that of [`GOOD_EVENTS`] where it is empty.
    events: &'static str,
    /// Layout of items or users.
    other: &'static str,
    /// The file that is looked at.
    pub file: &'static str,
    /// Its content when nothing is wrong: one row.
    pub good: &'static [u8],
    /// What its format is made of.
    pub pieces: &'static [&'static [u8]],
}

impl Case {
    pub fn manifest(&self) -> String {
        let events = if self.events.is_empty() {
            "file = \"events.csv\"\ncolumns = { user = \"user\", item = \"item\" }"
        } else {
            self.events
        };
        format!("name = \"case\"\n[layout.events]\n{events}\n{}", self.other)
    }
}

/// A good file with its last line `rows` times.
pub fn with_rows(good: &[u8], rows: usize) -> Vec<u8> {
    let begin = good[..good.len() - 1].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    [&good[..begin], &good[begin..].repeat(rows)].concat()
}

pub const GOOD_EVENTS: &[u8] = b"user,item\nu,x\nv,x\nu,y\n";

const TABLE: &[&[u8]] = &[
    b",",
    b";",
    b"::",
    b":",
    b"\t",
    b" ",
    b"\n",
    b"\r\n",
    b"\r",
    b"\"",
    b"\"\"",
    b"u",
    b"x",
    b"1",
    b"-1",
    b"0.5",
    b"1e9",
    b"9223372036854775808",
    b"NaN",
    b"NULL",
    b"pv",
    b"\xE9",
    b"\xC3\xA9",
    b"\x1F",
    b"\0",
    b"2014-04-07T10:51:09.277Z",
    b"2014-04-07",
    b"user,item,rating,time,kind,words,tags\n",
    b"u,x,1,2014-04-07,pv,a b,a|b\n",
    b"1::x::0::1\n",
    b"u x y\n",
    b"item,a\n",
    b"x,1\n",
    b"x\t1\t2\n",
    b"\xEF\xBB\xBF",
];

const OBJECTS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\n",
    b"\"",
    b"'",
    b"\\",
    b"\\u00e9",
    b"\\ud800",
    b"\\x",
    b"\\'",
    b"u'",
    b"\"user\"",
    b"'user'",
    b"\"item\"",
    b"'item'",
    b"\"time\"",
    b"'tags'",
    b"\"tags\"",
    b"null",
    b"None",
    b"True",
    b"true",
    b"1",
    b"-0.5",
    b"1e999",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b"{\"user\": \"u\", \"item\": \"x\", \"time\": 1}\n",
    b"{'item': 'x', 'tags': [['a'], 'b']}\n",
    b"\xC3",
    b"\xC3\xA9",
    b"\r\n",
];

pub const CASES: &[Case] = &[
    Case {
        events: "file = \"table.csv\"\ncolumns = { user = \"user\", item = \"item\", rating = \"rating\", time = \"time\" }\n\
                 time_format = \"iso\"\nkeep = { column = \"kind\", values = [\"pv\"] }\n\
                 fields = { kind = \"kind\", words = { column = \"words\", kind = \"tokens\" }, tags = { column = \"tags\", kind = \"list\", separator = \"|\" } }",
        other: "",
        file: "table.csv",
        good: b"user,item,rating,time,kind,words,tags\nu,x,1,2014-04-07,pv,\"a, \"\"b\"\"\",a|b\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"plain.dat\"\nformat = { separator = \"::\", header = false, encoding = \"latin-1\" }\n\
                 columns = { user = 0, item = 1, rating = 2, time = 3 }",
        other: "",
        file: "plain.dat",
        good: b"1::\xE9::0::1\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"views.csv\"\nformat = { separator = \";\" }\ntime_format = \"iso\"\n\
                 columns = { user = 0, item = 1, time = 2, time_offset = 3 }",
        other: "",
        file: "views.csv",
        good: b"user;item;day;ms\nu;x;2014-04-07;5\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"typed.inter\"\nformat = { separator = \"\\t\", typed_header = true }\n\
                 columns = { user = \"user\", item = \"item\", time = \"time\" }\ntime_format = \"fractional-seconds\"",
        other: "",
        file: "typed.inter",
        good: b"user:token\titem:token\ttime:float\nu\tx\t1.5\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"users.txt\"\nkind = \"sequence-lines\"\nformat = { separator = \" \", header = false }",
        other: "",
        file: "users.txt",
        good: b"u x y\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"sessions.txt\"\nkind = \"session-lines\"\npart = \"train\"\nmore = [{ file = \"names\", part = \"test\" }]\n\
                 format = { separator = \" \", header = false }",
        other: "",
        file: "sessions.txt",
        good: b"x y\n",
        pieces: TABLE,
    },
    Case {
        events: "file = \"events.jsonl\"\nformat = { kind = \"json-lines\" }\n\
                 columns = { user = \"user\", item = \"item\", time = \"time\" }\ntime_format = \"milliseconds\"",
        other: "",
        file: "events.jsonl",
        good: b"{\"user\": \"u\", \"item\": \"x\", \"time\": 1, \"text\": \"\\u00e9\"}\n",
        pieces: OBJECTS,
    },
    Case {
        events: "",
        other: "[layout.items]\nfile = \"meta.py\"\nformat = { kind = \"python-lines\" }\nduplicates = \"first\"\n\
                columns = { item = \"item\" }\ngenres = { column = \"tags\", separator = \"\\u001F\", category = \"last\" }",
        file: "meta.py",
        good: b"{'item': 'x', 'tags': [['a', \"b's\"], u'c'], 'ok': True, 'no': None}\n",
        pieces: OBJECTS,
    },
    Case {
        events: "",
        other: "[layout.items]\nfile = \"attributes.json\"\nkind = \"json-attributes\"\nduplicates = \"first\"",
        file: "attributes.json",
        good: b"{\"x\": [1, \"b\"],\n\"y\": []}",
        pieces: OBJECTS,
    },
    Case {
        events: "",
        other: "[layout.items]\nfile = \"items.csv\"\ncolumns = { item = \"item\", title = \"words\", year = \"time\" }\nduplicates = \"first\"\n\
                genres = { column = \"tags\", separator = \"|\", none = \"NULL\" }\n\
                fields = { words = { kind = \"tokens\" }, year = { kind = \"year\" }, price = { column = \"rating\", kind = \"number\" } }",
        file: "items.csv",
        good: b"item,rating,time,words,tags\nx,0.5,1999,A (b),a|b\n",
        pieces: TABLE,
    },
    Case {
        events: "",
        other: "[layout.items]\nfile = \"flags.csv\"\ncolumns = { item = 0 }\nduplicates = \"first\"\n\
                genre_flags = { first = 1, names_file = \"names\", names_separator = \"|\" }",
        file: "flags.csv",
        good: b"item,a\nx,1\n",
        pieces: TABLE,
    },
    Case {
        events: "",
        other: "[layout.items]\nfile = \"flags.csv\"\ncolumns = { item = 0 }\nduplicates = \"first\"\n\
                genre_flags = { first = 1, names_file = \"names\", names_separator = \"|\" }",
        file: "names",
        good: b"a|0\n",
        pieces: TABLE,
    },
    Case {
        events: "",
        other: "[layout.users]\nfile = \"people.csv\"\nuser = \"user\"\n\
                fields = { kind = \"kind\", rating = { column = \"rating\", kind = \"number\" } }",
        file: "people.csv",
        good: b"user,rating,kind\nu,1.5,pv\n",
        pieces: TABLE,
    },
];
