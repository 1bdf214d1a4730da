# frozen_string_literal: true

# Records which methods of a project called which, as rows of winnow.calls/1, while a program or its tests run.
#
#   CALLS_ROOT=DIR CALLS_OUT=DIR ruby -r ./perf/record-calls.rb PROGRAM…
#
# TracePoint tells every call; where in its line a call is written is read off the syntax tree of its caller, which Ruby 3.1 finds for a frame
# (`RubyVM::AbstractSyntaxTree.of`). Each pair of callee and calling line is looked at once, so two calls of one method in one line count as the first.
# Readers and writers made by `attr_*` are seen as calls of C. Columns are left out where the line is not ASCII.

require 'error_highlight'
require 'json'

RubyVM.keep_script_lines = true

module RecordCalls
  ROOT = File.join(File.realpath(ENV.fetch('CALLS_ROOT')), '')
  OUT = ENV.fetch('CALLS_OUT')
  SPOTTER = ErrorHighlight.const_get(:Spotter)
  # Below the root, but of others.
  ASIDE = %r{\A(vendor|\.bundle)/}

  @seen = {}
  @rows = Hash.new(0)
  @inside = {}

  class << self
    def inside(path)
      @inside.fetch(path) do
        whole = File.expand_path(path)
        relative = whole.delete_prefix(ROOT) if whole.start_with?(ROOT) && File.file?(whole)
        @inside[path] = relative && !ASIDE.match?(relative) ? relative : nil
      end
    end

    # The written name at which a frame calls, with its line and column from 1; nothing where none is written.
    def spot(location)
      node = RubyVM::AbstractSyntaxTree.of(location, keep_script_lines: true)
      return nil if node.nil?
      return ['super', node.first_lineno, node.first_column + 1] if %i[SUPER ZSUPER].include?(node.type)
      return [nil, 0, 0] if %i[OPCALL OP_ASGN1].include?(node.type)

      found = SPOTTER.new(node, point_type: :name).spot or return nil
      text = found[:snippet].byteslice(found[:first_column]...found[:last_column])
      lead = text[/\A(&?\.|::)?\s*/].bytesize
      name = text.byteslice(lead..).strip.sub(/\s*=\z/, '=')
      return [nil, 0, 0] if name.start_with?('[')

      [name, found[:first_lineno], found[:first_column] + lead + 1]
    rescue StandardError, NotImplementedError
      nil
    end

    def row(caller, callee, line, column, how)
      @rows[[caller, callee, line, column, how]] += 1
    end

    def called(trace)
      location = caller_locations(3, 1)&.first or return
      key = [trace.path, trace.lineno, trace.callee_id, location.path, location.lineno, location.label]
      return if @seen[key]

      @seen[key] = true
      target = inside(trace.path)
      callee = target && { path: target, line: trace.lineno, name: trace.method_id.to_s }
      from = inside(location.path)
      return callee && through(callee) unless from

      name, line, column = spot(location)
      caller = { path: from, line: location.lineno, name: location.label.to_s[0, 200] }
      how = wayOf(name, trace, location)
      return if callee.nil? && how != 'direct'

      row(caller, callee, line || location.lineno, how == 'implicit' ? 0 : (column || 0), how)
    end

    def wayOf(name, trace, location)
      return 'implicit' if name.nil?

      id = trace.callee_id.to_s
      return 'direct' if name == id || "#{name}=" == id || name == 'super' || name == "#{id}="
      return 'construct' if id == 'initialize' && name == 'new'

      location.label == name || name.match?(/\A(send|public_send|__send__|new)\z/) ? 'through' : 'implicit'
    end

    # Called by code outside of the project: the nearest of its own frames is the caller.
    def through(callee)
      own = caller_locations(4, 40).find { |one| inside(one.path) } or return
      row({ path: inside(own.path), line: own.lineno, name: own.label.to_s[0, 200] }, callee, own.lineno, 0, 'through')
    end

    def called_c(trace)
      from = inside(trace.path) or return
      key = [trace.path, trace.lineno, trace.method_id, trace.defined_class]
      return if @seen[key]

      @seen[key] = true
      location = caller_locations(2, 1)&.first or return
      name, line, column = spot(location)
      return if name.nil? || column.zero?
      return unless name == trace.callee_id.to_s || "#{name}=" == trace.callee_id.to_s

      caller = { path: from, line: location.lineno, name: location.label.to_s[0, 200] }
      callee = target_of_c(trace)
      row(caller, callee, line, column, callee && trace.method_id == :new ? 'class' : 'direct')
    end

    def target_of_c(trace)
      if trace.method_id == :new && trace.self.is_a?(Class)
        name = Module.instance_method(:name).bind_call(trace.self) or return nil
        path, line = Object.const_source_location(name)
        target = path && inside(path)
        return target && { path: target, line: line, name: name.split('::').last }
      end
      path, line = trace.defined_class.instance_method(trace.method_id).source_location
      target = path && inside(path)
      target && { path: target, line: line, name: trace.method_id.to_s.delete_suffix('=') }
    rescue NameError
      nil
    end

    def start
      trace = TracePoint.new(:call, :c_call) do |point|
        point.event == :call ? called(point) : called_c(point)
      end
      # What is registered first is run last.
      at_exit do
        trace.disable
        File.open(File.join(OUT, "calls-#{Process.pid}.jsonl"), 'w') do |file|
          file.puts({ format: 'winnow.calls/1', rows: @rows.size, dropped: 0 }.to_json)
          @rows.each do |(caller, callee, line, column, how), count|
            file.puts({ caller: caller, callee: callee, callLine: line, callColumn: column, count: count, how: how }.to_json)
          end
        end
      end
      trace.enable
    end
  end
end

RecordCalls.start
