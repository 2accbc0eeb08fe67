//! The table of flows as a Parquet file, for notebooks and SQL.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use steerscope::report::export::FlowRow;

/// Writes all `rows`; a log without flows gives a file without rows.
pub(crate) fn write(out: &mut (impl Write + Send), rows: impl Iterator<Item = FlowRow>) -> io::Result<()> {
    write_file(out, rows).map_err(|error| match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    })
}

/// So many rows are in memory at a time.
const ROWS_A_GROUP: usize = 65_536;

/// The columns of [`FlowRow`], in its order.
const COLUMNS: [(&str, Column); 11] = [
    ("at", Column::Time(|row| row.at.0)),
    ("decision", Column::Text(|row| Some(row.decision))),
    ("reason", Column::Text(|row| row.reason)),
    ("process", Column::Text(|row| row.process.as_deref())),
    ("host", Column::Text(|row| row.host.as_deref())),
    ("src", Column::Text(|row| row.src.as_deref())),
    ("dst_ip", Column::Text(|row| row.dst_ip.as_deref())),
    ("dst_port", Column::Number(|row| row.dst_port.map(i32::from))),
    ("bundle", Column::Text(|row| Some(&row.bundle))),
    ("member", Column::Text(|row| Some(&row.member))),
    ("line", Column::Number(|row| i32::try_from(row.line).ok())),
];

#[derive(Clone, Copy)]
enum Column {
    Time(fn(&FlowRow) -> i64),
    Number(fn(&FlowRow) -> Option<i32>),
    Text(fn(&FlowRow) -> Option<&str>),
}

impl Column {
    /// Times are the device's wall clock, so without a zone.
    fn declared(self, name: &str) -> String {
        match self {
            Self::Time(_) => format!("optional int64 {name} (timestamp(micros, false));"),
            Self::Number(_) => format!("optional int32 {name};"),
            Self::Text(_) => format!("optional binary {name} (string);"),
        }
    }

    fn write(self, rows: &[FlowRow], writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Time(of) => write_values::<Int64Type>(writer, rows.iter().map(|row| Some(of(row)))),
            Self::Number(of) => write_values::<Int32Type>(writer, rows.iter().map(of)),
            Self::Text(of) => {
                write_values::<ByteArrayType>(writer, rows.iter().map(|row| of(row).map(ByteArray::from)))
            }
        }
    }
}

fn write_file(out: &mut (impl Write + Send), mut rows: impl Iterator<Item = FlowRow>) -> Result<(), ParquetError> {
    let columns: String = COLUMNS.iter().map(|(name, column)| column.declared(name)).collect();
    let schema = Arc::new(parse_message_type(&format!("message flow {{ {columns} }}"))?);
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(WriterProperties::default()))?;
    loop {
        let group: Vec<FlowRow> = rows.by_ref().take(ROWS_A_GROUP).collect();
        if group.is_empty() {
            break;
        }
        let mut writer = file.next_row_group()?;
        for (_, column) in COLUMNS {
            if let Some(mut writer) = writer.next_column()? {
                column.write(&group, &mut writer)?;
                writer.close()?;
            }
        }
        writer.close()?;
    }
    file.close()?;
    Ok(())
}

/// Parquet takes the values that are there, and for each row whether one is.
fn write_values<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let mut there = Vec::new();
    let levels: Vec<i16> = values
        .map(|value| {
            let level = i16::from(value.is_some());
            there.extend(value);
            level
        })
        .collect();
    writer.typed::<T>().write_batch(&there, Some(&levels), None)?;
    Ok(())
}
