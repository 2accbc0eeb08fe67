//! The command line: reads paths and options, hands bytes to the core, prints what it answers.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a front end reads files and the environment, and prints"
)]

mod arguments;
mod input;
mod parquet;

use std::io::{BufWriter, ErrorKind, Write};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;

use arguments::{
    AnswerFormat, Arguments, Command, FlowFormat, FlowsArguments, LookupArguments, ReportFormat, TriageArguments,
    WhatIfArguments,
};
use clap::Parser;
use input::Problem;
use steerscope::Analysis;
use steerscope::advice::what_if::{Entry, EntryError};
use steerscope::analysis::share::{self, Joined};
use steerscope::bundle::{Bundle, Limits};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::knowledge::texts::Texts;
use steerscope::language::Language;
use steerscope::ranking::{self, Moment};
use steerscope::report::lookup::Lookup;
use steerscope::report::redact::redact;
use steerscope::report::{self, export};

/// A report was made, also an empty one.
const DONE: u8 = 0;
/// No input could be opened.
const NOTHING_OPENED: u8 = 1;
/// The call itself is wrong.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { DONE });
        }
    };
    let outcome = match &arguments.command {
        Command::Triage(arguments) => triage(arguments),
        Command::Flows(arguments) => flows(arguments),
        Command::Whatif(arguments) => what_if(arguments),
        Command::Lookup(arguments) => lookup(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::from(DONE),
        Err(failure) => {
            for line in &failure.lines {
                eprintln!("steerscope: {line}");
            }
            ExitCode::from(failure.code)
        }
    }
}

/// What ends the program early: one line for each thing found.
struct Failure {
    code: u8,
    lines: Vec<String>,
}

impl Failure {
    fn usage(error: impl std::fmt::Display) -> Self {
        Self { code: USAGE, lines: vec![error.to_string()] }
    }
}

fn triage(arguments: &TriageArguments) -> Result<(), Failure> {
    let when = arguments
        .at
        .as_deref()
        .map(|at| When::parse(at, arguments.until.as_deref(), arguments.within.as_deref()))
        .transpose()
        .map_err(Failure::usage)?;
    let incident = Incident { when, hints: arguments.hint.clone() };
    let language = language(arguments.lang.as_deref())?;
    let knowledge = knowledge(arguments.knowledge.as_deref())?;
    let limits = &arguments.bundles.limit;
    let read = |paths: &[String]| read(paths, limits, &knowledge, language);
    let (mut bundles, mut analysis) = read(&arguments.bundles.paths)?;
    if let Some(path) = &arguments.baseline {
        let (_, healthy) = read(std::slice::from_ref(path))?;
        analysis.compare_with(healthy);
    }
    let moments = if incident.when.is_none() { moments(&analysis, &knowledge) } else { Vec::new() };
    let mut report = report::compose_from(moments, &analysis, &incident, &knowledge, language);
    report::attach_evidence(&mut report, &analysis, &mut bundles);
    let mut after = arguments.after.as_ref().map(|path| read(std::slice::from_ref(path))).transpose()?;
    if let Some((later, after)) = &mut after {
        let mut verification = report::verify(&analysis, &incident, after, &knowledge, language);
        report::attach_verification(&mut verification, after, later);
        report.verification = Some(verification);
    }
    if arguments.redact {
        let of_all: Vec<_> = std::iter::once(&analysis).chain(after.iter().map(|(_, after)| after)).collect();
        (report, _) = redact(&report, &of_all);
    }
    let texts = knowledge.texts(language);
    print(&match arguments.format {
        ReportFormat::Text => export::text(&report, texts),
        ReportFormat::Json => export::json(&report),
        ReportFormat::Markdown => export::markdown(&report, texts),
        ReportFormat::Html => export::html(&report, texts),
        ReportFormat::Csv => export::suspects_csv(&report),
    });
    Ok(())
}

fn flows(arguments: &FlowsArguments) -> Result<(), Failure> {
    let knowledge = knowledge(arguments.knowledge.as_deref())?;
    let (_, analysis) = read(&arguments.bundles.paths, &arguments.bundles.limit, &knowledge, language(None)?)?;
    let mut out = BufWriter::new(std::io::stdout());
    let written = match arguments.format {
        FlowFormat::Ndjson => write_lines(&mut out, export::flows_ndjson(&analysis)),
        FlowFormat::Csv => write_lines(&mut out, export::flows_csv(&analysis)),
        FlowFormat::Parquet => parquet::write(&mut out, export::flow_rows(&analysis)),
    };
    match written.and_then(|()| out.flush()) {
        // A reader that closed the pipe has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure { code: NOTHING_OPENED, lines: vec![format!("cannot write the flows: {error}")] })
        }
        _ => Ok(()),
    }
}

fn what_if(arguments: &WhatIfArguments) -> Result<(), Failure> {
    let when = arguments.at.as_deref().map(|at| When::parse(at, None, None)).transpose().map_err(Failure::usage)?;
    let language = language(arguments.lang.as_deref())?;
    let knowledge = knowledge(arguments.knowledge.as_deref())?;
    let refused = |error: EntryError| {
        let (key, entry) = error.told();
        let arguments = [("entry", entry.to_owned())];
        Failure::usage(knowledge.texts(language).get(&format!("what_if.refused.{key}"), &arguments))
    };
    let entries = arguments.entry.iter().flat_map(|line| Entry::parse_line(line));
    let entries = entries.collect::<Result<Vec<Entry>, EntryError>>().map_err(refused)?;
    let (_, analysis) = read(&arguments.bundles.paths, &arguments.bundles.limit, &knowledge, language)?;
    let incident = Incident { when, ..Incident::default() };
    let answer = report::what_if(&analysis, &incident, &entries, &knowledge);
    print(&match arguments.format {
        AnswerFormat::Json => export::what_if_json(&answer),
        AnswerFormat::Text => export::what_if_text(&answer, knowledge.texts(language)),
    });
    Ok(())
}

fn lookup(arguments: &LookupArguments) -> Result<(), Failure> {
    let language = language(arguments.lang.as_deref())?;
    let knowledge = knowledge(arguments.knowledge.as_deref())?;
    let lookup = Lookup::new(&knowledge.errors, &knowledge.tools, language);
    if let Some(path) = &arguments.file {
        let bytes = std::fs::read(path).map_err(|error| {
            let arguments = [("path", path.clone()), ("error", error.to_string())];
            let line = knowledge.texts(language).get("notice.path_unreadable", &arguments);
            Failure { code: NOTHING_OPENED, lines: vec![line] }
        })?;
        let triage = lookup.triage_messages(&steerscope::bundle::text::readable(&bytes));
        print(&match arguments.format {
            AnswerFormat::Json => export::triage_json(&triage),
            AnswerFormat::Text => export::triage_text(&triage, knowledge.texts(language)),
        });
        return Ok(());
    }
    let texts: Vec<&str> = arguments.texts.iter().map(String::as_str).collect();
    let all = lookup.all(&texts);
    print(&match arguments.format {
        AnswerFormat::Json => export::answers_json(&all),
        AnswerFormat::Text => export::answers_text(&all, knowledge.texts(language)),
    });
    Ok(())
}

/// On all processors: each thread opens the same files and reads its share of them.
fn analyze(bundles: &mut [Bundle], knowledge: &Knowledge, open: &(dyn Fn() -> Option<Vec<Bundle>> + Sync)) -> Analysis {
    let readers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let shares = share::shares(bundles, readers).unwrap_or_default();
    let analysis = shares.split_first().and_then(|(own, others)| {
        std::thread::scope(|scope| {
            let read = |share| {
                let mut pieces = Vec::new();
                let read = share::read(&mut open()?, share, knowledge, &mut |piece| pieces.push(piece), &mut |_| {});
                read.then_some(pieces)
            };
            let others: Vec<_> = others.iter().map(|share| scope.spawn(move || read(share))).collect();
            let mut joined = Joined::new(bundles);
            let mut all = joined.read(bundles, own, knowledge, &mut |_| {}, &mut |_| {});
            for other in others {
                let pieces = other.join().ok().flatten();
                all &= pieces.is_some();
                pieces.into_iter().flatten().for_each(|piece| joined.add(piece));
            }
            if all { joined.analysis(bundles, knowledge) } else { None }
        })
    });
    analysis.unwrap_or_else(|| steerscope::analyze(bundles, knowledge, &mut |_| {}))
}

/// Where something may have broken, looked for on all processors.
fn moments(analysis: &Analysis, knowledge: &Knowledge) -> Vec<Moment> {
    let sources = analysis.sources(knowledge);
    let windows = Mutex::new(ranking::burst_windows(sources).into_iter());
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let look = || {
        let next = || windows.lock().ok()?.next();
        std::iter::from_fn(next).filter_map(|window| ranking::moment(sources, window)).collect::<Vec<Moment>>()
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..processors).map(|_| scope.spawn(look)).collect();
        let own = look();
        // A reader that panicked would have ended the program.
        let others = others.into_iter().filter_map(|other| other.join().ok());
        ranking::best_moments(others.flatten().chain(own))
    })
}

fn write_lines(out: &mut impl Write, lines: impl Iterator<Item = String>) -> std::io::Result<()> {
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Each path is a bundle. What cannot be opened is told; it fails only if nothing can.
fn read(
    paths: &[String],
    settings: &[String],
    knowledge: &Knowledge,
    language: Language,
) -> Result<(Vec<Bundle>, Analysis), Failure> {
    let texts = knowledge.texts(language);
    let (mut bundles, problems) = opened(paths, settings, texts)?;
    let lines: Vec<String> = problems.iter().map(|problem| problem.sentence(texts)).collect();
    if bundles.is_empty() {
        return Err(Failure { code: NOTHING_OPENED, lines });
    }
    for line in lines {
        eprintln!("steerscope: {line}");
    }
    let open = || opened(paths, settings, texts).ok().map(|(bundles, _)| bundles);
    let analysis = analyze(&mut bundles, knowledge, &open);
    Ok((bundles, analysis))
}

fn opened(paths: &[String], settings: &[String], texts: &Texts) -> Result<(Vec<Bundle>, Vec<Problem>), Failure> {
    let limits = Limits::with(settings.iter().map(String::as_str))
        .map_err(|error| Failure::usage(format!("--limit: {error}")))?;
    let mut bundles: Vec<Bundle> = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let first = bundles.iter().map(|bundle| bundle.members.len()).sum::<usize>();
        match input::open(path, first as u32, &limits, texts) {
            Ok(bundle) => bundles.push(bundle),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((bundles, problems))
}

fn knowledge(folder: Option<&str>) -> Result<Knowledge, Failure> {
    let mut knowledge = Knowledge::built_in().map_err(Failure::usage)?;
    if let Some(folder) = folder {
        for (name, text) in input::knowledge_files(folder).map_err(Failure::usage)? {
            knowledge.extend(&name, &text).map_err(Failure::usage)?;
        }
    }
    Ok(knowledge)
}

/// The language asked for, else that of the locale, else English.
fn language(code: Option<&str>) -> Result<Language, Failure> {
    match code {
        Some(code) => {
            Language::from_code(code).ok_or_else(|| Failure::usage(format!("--lang {code} is not known; use en or ja")))
        }
        None => Ok(sys_locale::get_locale().and_then(|locale| Language::from_code(&locale)).unwrap_or_default()),
    }
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that closed the pipe has seen enough.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
